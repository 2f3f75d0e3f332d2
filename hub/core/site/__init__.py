"""The site document: how it is read, its rules, and looking things up in it. Putting it in force: `hub.documents`."""
