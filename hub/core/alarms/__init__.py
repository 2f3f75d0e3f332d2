"""Alarms from raising to closing: kinds, states, the bureau's own table, ladders, figures. Why an alarm is raised
stands with each subject; who is called is in `calling`."""
