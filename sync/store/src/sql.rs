//! The statements, one file each.

pub(crate) const ACT_ADD: &str = include_str!("sql/act_add.sql");
pub(crate) const ACT_ALL: &str = include_str!("sql/act_all.sql");
pub(crate) const BLOB_ADD: &str = include_str!("sql/blob_add.sql");
pub(crate) const BLOB_ALL: &str = include_str!("sql/blob_all.sql");
pub(crate) const BLOB_DELETE: &str = include_str!("sql/blob_delete.sql");
pub(crate) const BLOB_FIND: &str = include_str!("sql/blob_find.sql");
pub(crate) const BLOB_FORGET: &str = include_str!("sql/blob_forget.sql");
pub(crate) const BLOB_INCOMPLETE: &str = include_str!("sql/blob_incomplete.sql");
pub(crate) const BLOB_SET_COMPLETE: &str = include_str!("sql/blob_set_complete.sql");
pub(crate) const BLOB_SET_SIZE: &str = include_str!("sql/blob_set_size.sql");
pub(crate) const DOCUMENT_ADD: &str = include_str!("sql/document_add.sql");
pub(crate) const DOCUMENT_ALL: &str = include_str!("sql/document_all.sql");
pub(crate) const DOCUMENT_FIND: &str = include_str!("sql/document_find.sql");
pub(crate) const DOCUMENT_GETS_CONTENT: &str = include_str!("sql/document_gets_content.sql");
pub(crate) const ENVELOPE_ADD: &str = include_str!("sql/envelope_add.sql");
pub(crate) const ENVELOPE_CONTENT: &str = include_str!("sql/envelope_content.sql");
pub(crate) const ENVELOPE_CONTROL: &str = include_str!("sql/envelope_control.sql");
pub(crate) const ENVELOPE_FROM: &str = include_str!("sql/envelope_from.sql");
pub(crate) const ENVELOPE_OF_DOCUMENT: &str = include_str!("sql/envelope_of_document.sql");
pub(crate) const ENVELOPE_ONE: &str = include_str!("sql/envelope_one.sql");
pub(crate) const ENVELOPE_POSITION: &str = include_str!("sql/envelope_position.sql");
pub(crate) const KEY_ALL: &str = include_str!("sql/key_all.sql");
pub(crate) const KEY_PUT: &str = include_str!("sql/key_put.sql");
pub(crate) const LOG_ADD: &str = include_str!("sql/log_add.sql");
pub(crate) const LOG_ADVANCE: &str = include_str!("sql/log_advance.sql");
pub(crate) const LOG_FIND: &str = include_str!("sql/log_find.sql");
pub(crate) const LOG_HEADS: &str = include_str!("sql/log_heads.sql");
pub(crate) const META_GET: &str = include_str!("sql/meta_get.sql");
pub(crate) const META_PUT: &str = include_str!("sql/meta_put.sql");
pub(crate) const PROJECTION_ASCENDING: &str = include_str!("sql/projection_ascending.sql");
pub(crate) const PROJECTION_CLEAR: &str = include_str!("sql/projection_clear.sql");
pub(crate) const PROJECTION_COUNT: &str = include_str!("sql/projection_count.sql");
pub(crate) const PROJECTION_DELETE: &str = include_str!("sql/projection_delete.sql");
pub(crate) const PROJECTION_DESCENDING: &str = include_str!("sql/projection_descending.sql");
pub(crate) const PROJECTION_GET: &str = include_str!("sql/projection_get.sql");
pub(crate) const PROJECTION_PUT: &str = include_str!("sql/projection_put.sql");
pub(crate) const RANGE_ADD: &str = include_str!("sql/range_add.sql");
pub(crate) const RANGE_ALL: &str = include_str!("sql/range_all.sql");
pub(crate) const RANGE_FORGET_ALL: &str = include_str!("sql/range_forget_all.sql");
pub(crate) const RANGE_FORGET_TOUCHING: &str = include_str!("sql/range_forget_touching.sql");
pub(crate) const RANGE_TOUCHING: &str = include_str!("sql/range_touching.sql");
pub(crate) const SNAPSHOT_GET: &str = include_str!("sql/snapshot_get.sql");
pub(crate) const SNAPSHOT_PUT: &str = include_str!("sql/snapshot_put.sql");
/// Answered when it is prepared: never to be taken from the cache.
pub(crate) const SOUND: &str = include_str!("sql/sound.sql");
pub(crate) const SPACE_ADD: &str = include_str!("sql/space_add.sql");
pub(crate) const SPACE_ALL: &str = include_str!("sql/space_all.sql");
pub(crate) const SPACE_ID: &str = include_str!("sql/space_id.sql");

/// Before the key is used.
pub(crate) const SETTINGS: &str = include_str!("sql/settings.sql");
/// Once the database can be read.
pub(crate) const DURABILITY: &str = include_str!("sql/durability.sql");

/// The steps from an empty database to the present layout. The number of a step is its place, from 1; a step that was released is never changed.
pub(crate) const SCHEMA: [&str; 1] = [include_str!("schema/1.sql")];
