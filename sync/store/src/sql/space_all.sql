SELECT name FROM space ORDER BY name
