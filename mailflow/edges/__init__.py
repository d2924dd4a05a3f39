"""What touches the world and decides nothing: IMAP, SMTP, the database, files, PDF, the web."""
