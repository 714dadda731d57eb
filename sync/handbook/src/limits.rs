//! The named limits of this crate.

/// Longest article as it is stored, in bytes. The longest real article that was measured has some 60 KiB.
pub const ARTICLE_BYTES: usize = 1024 * 1024;
/// Characters of an article's id.
pub const ARTICLE_ID_CHARS: usize = 160;
/// Characters of a package's id.
pub const PACKAGE_ID_CHARS: usize = 64;
/// Characters of a title, of a source, of an agency and the like.
pub const LINE_CHARS: usize = 1_000;
/// Characters of a document number ("61/2018/NĐ-CP").
pub const NUMBER_CHARS: usize = 80;
/// Characters of the number of an article, a clause or a point ("20a").
pub const PLACE_CHARS: usize = 20;
/// Steps of a breadcrumb.
pub const PATH_STEPS: usize = 12;
/// Blocks of an article.
pub const BLOCKS: usize = 5_000;
/// Links of an article.
pub const LINKS: usize = 200;
/// Articles of a package.
pub const PACKAGE_ARTICLES: usize = 300_000;
/// Longest package, in bytes: what can be sent as one file between devices.
pub const PACKAGE_BYTES: usize = 200 * 1024 * 1024;
/// Longest header of a package: certificates and the signed manifest.
pub const HEADER_BYTES: usize = 4 * 1024 * 1024;
/// Blocks of rows in a package.
pub const PACKAGE_BLOCKS: usize = 10_000;
/// A block of rows is closed when it has so many bytes.
pub const BLOCK_TARGET_BYTES: usize = 1024 * 1024;
/// Most bytes that a block of rows may have when it is unpacked: the target and one article that came last.
pub const BLOCK_BYTES: usize = BLOCK_TARGET_BYTES + ARTICLE_BYTES + 1024;
/// Longest line of a file of JSON lines.
pub const JSON_LINE_BYTES: usize = 2 * ARTICLE_BYTES;
/// Longest file of JSON lines, in bytes.
pub const JSON_FILE_BYTES: u64 = 1024 * 1024 * 1024;
/// Longest file of any other kind that is imported, in bytes.
pub const FILE_BYTES: usize = 50 * 1024 * 1024;
/// Longest text of one imported document, in bytes: a code of laws has some 2 MB.
pub const DOCUMENT_TEXT_BYTES: usize = 20 * 1024 * 1024;
/// Entries of the archive that a DOCX file is.
pub const DOCX_ENTRIES: usize = 5_000;
/// Bytes of the text part of a DOCX file when it is unpacked.
pub const DOCX_XML_BYTES: usize = 50 * 1024 * 1024;
/// How many times larger than packed the text part of a DOCX file may be. Real ones that were measured stay below 30.
pub const DOCX_RATIO: usize = 200;
/// How deep the elements of a DOCX file may be nested.
pub const DOCX_DEPTH: usize = 256;
/// Files of one import.
pub const IMPORT_FILES: usize = 50_000;
/// Levels of folders of one import.
pub const IMPORT_FOLDERS_DEEP: usize = 16;
/// Skipped things that the report of one import names; what is beyond is only counted.
pub const SKIPPED_NAMED: usize = 10_000;
/// Personal data that one check points out.
pub const FINDINGS: usize = 1_000;
/// Files of a package that are handed on together: the whole one and its updates.
pub const SERIES_FILES: usize = 1_000;
