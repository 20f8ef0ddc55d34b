// Uploads with progress; filled in with the page of evidence.
