//! Finding what a caller named, inside of a transaction or outside.

use freehold_store::{Document, SharedStore, StoreExt, Tx, TxExt};

use crate::errors::Error;
use crate::model::{Alias, Function, Version};
use crate::names::{FunctionName, is_version};

/// Where documents are read from.
pub(crate) trait Reader {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>, freehold_store::Error>;
}

impl Reader for &SharedStore {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>, freehold_store::Error> {
        self.get::<D>(id)
    }
}

impl Reader for &mut (dyn Tx + '_) {
    fn read<D: Document>(&mut self, id: &str) -> Result<Option<D>, freehold_store::Error> {
        self.get::<D>(id)
    }
}

/// The function as a whole; its qualifier does not matter.
pub(crate) fn function(mut from: impl Reader, name: &FunctionName) -> Result<Function, Error> {
    from.read::<Function>(&name.arn())?.ok_or_else(|| Error::no_function(&name.arn()))
}

/// What a qualifier stands for.
pub(crate) enum Qualified {
    Version(Box<Version>),
    Alias(Alias),
}

/// The version or alias that is named; `$LATEST` if there is no qualifier.
pub(crate) fn qualified(mut from: impl Reader, name: &FunctionName) -> Result<Qualified, Error> {
    let arn = name.arn();
    let missing = || Error::no_function(&name.qualified_arn());
    let qualifier = name.qualifier();
    if is_version(qualifier) {
        let version = from.read::<Version>(&Version::id(&arn, qualifier))?;
        return version.map(|found| Qualified::Version(Box::new(found))).ok_or_else(missing);
    }
    from.read::<Alias>(&Alias::id(&arn, qualifier))?.map(Qualified::Alias).ok_or_else(missing)
}

/// The version that is named. Of an alias, the one that most invocations go to.
pub(crate) fn version(mut from: impl Reader, name: &FunctionName) -> Result<Version, Error> {
    let arn = name.arn();
    let qualifier = name.qualifier();
    let missing = || Error::no_function(&name.qualified_arn());
    if is_version(qualifier) {
        return from.read::<Version>(&Version::id(&arn, qualifier))?.ok_or_else(missing);
    }
    let alias = from.read::<Alias>(&Alias::id(&arn, qualifier))?.ok_or_else(missing)?;
    from.read::<Version>(&Version::id(&arn, &alias.version))?.ok_or_else(missing)
}
