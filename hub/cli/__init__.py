"""Every `strongroom …` command of the hub, a file per subject. Commands parse and print; what they do is elsewhere."""
