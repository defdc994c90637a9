"""What people read: which figures and tables there are, and the page that shows them."""
