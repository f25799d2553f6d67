"""The rules everything else reads: statuses, deadlines, windows, the calendar, who may do what."""
