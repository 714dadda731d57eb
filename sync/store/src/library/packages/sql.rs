//! The statements about packages and their articles.

const ROW: &str = "package, id, kind, title, source, field, path, from_day, to_day, partly";

pub(super) const PACKAGES: &str = "SELECT id, title, number, made_at, installed_at, signer, device, root, articles, size, content FROM package ORDER BY made_at DESC, id";
pub(super) const PACKAGE: &str =
    "SELECT id, title, number, made_at, installed_at, signer, device, root, articles, size, content FROM package WHERE id = ?1";
pub(super) const PACKAGE_PUT: &str = "INSERT INTO package (id, title, number, made_at, installed_at, signer, device, root, articles, size, content) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
     ON CONFLICT (id) DO UPDATE SET title = excluded.title, number = excluded.number, made_at = excluded.made_at, \
     installed_at = excluded.installed_at, signer = excluded.signer, device = excluded.device, root = excluded.root, \
     articles = excluded.articles, size = excluded.size, content = excluded.content";
pub(super) const PACKAGE_DELETE: &str = "DELETE FROM package WHERE id = ?1";
pub(super) const FILES: &str = "SELECT bytes FROM package_file WHERE package = ?1 ORDER BY number";
pub(super) const FILE_PUT: &str = "INSERT INTO package_file (package, number, bytes) VALUES (?1, ?2, ?3)";
pub(super) const FILES_DELETE: &str = "DELETE FROM package_file WHERE package = ?1";

pub(super) const HASHES: &str = "SELECT id, hash FROM article WHERE package = ?1 ORDER BY id";
pub(super) const SIZE: &str = "SELECT total(length(bytes)) FROM article WHERE package = ?1";
pub(super) const ARTICLE_ROW: &str = "SELECT row FROM article WHERE package = ?1 AND id = ?2";
pub(super) const ARTICLE_PUT: &str = "INSERT INTO article (package, id, hash, kind, title, source, field, path, place, from_day, to_day, partly, bytes, number, made_at, first) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
pub(super) const ARTICLE_DELETE: &str = "DELETE FROM article WHERE row = ?1";
pub(super) const ARTICLE: &str = "SELECT bytes FROM article WHERE package = ?1 AND id = ?2";
pub(super) const CHANGED: &str = "SELECT number, made_at, first FROM article WHERE package = ?1 AND id = ?2";
pub(super) const ARTICLES: &str = "SELECT bytes FROM article WHERE package = ?1 ORDER BY id";
pub(super) const COUNT: &str = "SELECT count(*) FROM article";
pub(super) const LINK_PUT: &str = "INSERT OR IGNORE INTO link (article, target) VALUES (?1, ?2)";
pub(super) const LINKS_DELETE: &str = "DELETE FROM link WHERE article = ?1";
pub(super) const SOURCES: &str = "SELECT source, count(*), min(kind), max(kind), min(from_day), max(coalesce(to_day, 2147483647)), max(partly) FROM article GROUP BY source ORDER BY source";
pub(super) const FIELDS: &str = "SELECT field, count(*), min(kind), max(kind), min(from_day), max(coalesce(to_day, 2147483647)), max(partly) FROM article GROUP BY field ORDER BY field";

pub(super) fn head() -> String {
    format!("SELECT {ROW} FROM article WHERE package = ?1 AND id = ?2")
}

pub(super) fn of_source() -> String {
    format!("SELECT {ROW} FROM article WHERE source = ?1 ORDER BY place, title, package, id")
}

pub(super) fn of_field() -> String {
    format!("SELECT {ROW} FROM article WHERE field = ?1 ORDER BY source, place, title, package, id")
}

pub(super) fn naming() -> String {
    format!(
        "SELECT {ROW} FROM article JOIN link ON link.article = article.row WHERE link.target = ?1 ORDER BY source, place, id LIMIT ?2"
    )
}
