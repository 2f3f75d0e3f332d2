"""Every `strongroom …` command of the hub, a file per subject."""
