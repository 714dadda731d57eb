-- What an update compares with its list of articles, of the whole package before and after: from here it is read in the order of the ids, and
-- without the articles themselves.
CREATE INDEX article_content ON article (package, id, hash, length(bytes));
