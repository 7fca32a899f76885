"""History that vigie did not collect itself: archived captures of feeds, and tables of articles from other archives."""
