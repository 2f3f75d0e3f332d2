"""What precedes running a node: configuration, enrolment, papers, installation; and `node status`, read beside it."""
