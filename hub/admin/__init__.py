"""What the system administrator does to a hub: papers, enrolment, installation, backup, restore, rebuild, erasing."""
