"""Every sentence of the console, Chinese and English, by the code that it stands for. No logic of pages is here."""
