"""Alarms from raising to closing: kinds, life, table, ladders, figures. Each subject says by itself why it
raises one."""
