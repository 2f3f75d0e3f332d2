"""Work of the system administrator: papers, enrolment, installation, backup, restore, rebuild, erasing.

The commands that call it are in `hub.cli`; no running service imports it.
"""
