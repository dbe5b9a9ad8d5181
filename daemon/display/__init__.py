"""What runs beside the browser in the screen's session, as the screen's user: needs Python alone, nothing of ours."""
