"""Channels: e-mail, syslog, sounder; and the text of a notice. Short messages are in `hub.notify.sms`."""
