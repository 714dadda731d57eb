//! What the window and the command line can ask of the application, and what it answers.
//!
//! Two verbs: a [`query`] reads and declares the tags it shows, an [`act`] changes something and the application
//! says which tags it touched. Requests are closed enums, so that a missing handler does not compile, and both
//! backends (the Tauri shell and the devserver) carry the same bytes: JSON of [`query::Query`], [`act::Act`],
//! and [`push::Push`].

pub mod act;
pub mod audit;
pub mod day;
pub mod drafting;
pub mod error;
pub mod handbook;
pub mod lead;
pub mod meeting;
pub mod official;
pub mod opinion;
pub mod paper;
mod paths;
pub mod projector;
pub mod push;
pub mod query;
pub mod question;
pub mod roster;
pub mod rules;
pub mod search;
pub mod secret;
pub mod sitting;
pub mod task;
pub mod view;

/// Declares requests of one verb that stand with what they are about: a struct each and its reply.
macro_rules! requests {
    ($enum:ident : $trait:ident in $module:ident;
     $($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? } -> $reply:ty),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }

            impl crate::$module::$trait for $name {
                type Reply = $reply;
                fn any(self) -> crate::$module::$enum { crate::$module::$enum::$name(self) }
            }
        )*
    };
}
pub(crate) use requests;

/// Declares the requests of one verb: a struct each, its reply, and the closed enum of them all; `also` names those that are
/// declared by [`requests`] elsewhere.
macro_rules! endpoints {
    ($(#[$enum_doc:meta])* $enum:ident : $trait:ident in $module:ident;
     $($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? } -> $reply:ty),* ;
     also $($other:ident),* $(,)?) => {
        crate::requests! {
            $enum: $trait in $module;
            $($(#[$doc])* $name { $($(#[$fdoc])* $field: $ty),* } -> $reply),*
        }

        $(#[$enum_doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum $enum {
            $($(#[$doc])* $name($name),)*
            $(#[doc = concat!("See [`", stringify!($other), "`].")] $other($other)),*
        }
    };
}
pub(crate) use endpoints;
