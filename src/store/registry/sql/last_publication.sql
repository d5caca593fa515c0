SELECT max(event) FROM publications;
