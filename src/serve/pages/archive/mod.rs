//! The archivist's page: the elements of archive numbers, archiving, the packages with their numbers, titles and last
//! verifications, catalogue and register.

mod elements;
mod packages;
mod seal;
mod view;

pub(in crate::serve::pages) use elements::reminder;
pub(crate) use packages::{catalogue, download, register, seal_list, verify};
pub(crate) use seal::archive;
pub(in crate::serve::pages) use seal::form_fields;
pub(crate) use view::show;
