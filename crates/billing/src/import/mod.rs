//! AWS's own price lists, taken into the region's sheet: the files of the Price List Bulk API for services and for Savings
//! Plans, as JSON or as CSV (*Billing user guide, Reading the service price list file*).
//!
//! ```text
//!  index.json ─┐                        ┌─ Subject: what of ours is it?          ┌─ over the sheet
//!  index.csv  ─┴─▶ a price at a time ──▶┤                                ──▶ Found ┤   that is there
//!                                       └─ none: counted as left out             └─ as text
//! ```
//!
//! Files are gigabytes. They are read once from the beginning to the end, and only what the region has a use for is kept.

mod csv;
mod found;
mod json;
mod merge;
mod price;
mod subject;
#[cfg(test)]
mod tests;
mod text;

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use crate::engine::Region;
use crate::sheet::{File, InstanceTypes, Sheet, Unreadable};
use found::Found;

/// How much is read at once.
const BUFFER: usize = 1 << 20;
/// What some editors put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Why a file cannot be imported. Nothing of it is taken then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("it cannot be read")]
    Io(#[from] std::io::Error),
    /// With line and column.
    #[error("it is not a price list: {0}")]
    Json(serde_json::Error),
    #[error("it is not a price list: line {line}: {why}")]
    Csv { line: u64, why: String },
    #[error("it has no price for this region; {0}")]
    Nothing(Imported),
}

/// What was made of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// `AmazonEC2`, or `ComputeSavingsPlans`
    pub offer: String,
    /// The day on which AWS published it: `2025-09-12`.
    pub date: String,
    /// Prices that the sheet has now.
    pub taken: usize,
    /// What was not taken, and how often.
    pub left_out: Vec<(LeftOut, u64)>,
}

/// Why something of a file is not in the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    OtherRegion,
    /// The region bills nothing like it.
    OtherProduct,
    UnknownType,
    /// What is cheaper in large amounts: bills have one price for all.
    FurtherTier,
    NotInUsd,
    /// A kind of term, reservation or plan that is not sold here.
    OtherTerm,
}

impl LeftOut {
    fn name(self) -> &'static str {
        match self {
            Self::OtherRegion => "of other regions",
            Self::OtherProduct => "of products that are not billed here",
            Self::UnknownType => "of instance types that are not known here",
            Self::FurtherTier => "of further tiers",
            Self::NotInUsd => "in other currencies",
            Self::OtherTerm => "under terms that are not sold here",
        }
    }
}

impl std::fmt::Display for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} prices taken", self.taken)?;
        for (at, (why, times)) in self.left_out.iter().enumerate() {
            write!(f, "{} {times} {}", if at == 0 { "; left out:" } else { "," }, why.name())?;
        }
        Ok(())
    }
}

/// Files on their way into a sheet.
pub struct Import {
    region: Region,
    types: Arc<dyn InstanceTypes>,
    file: File,
}

impl Import {
    /// Over this sheet; over the one that comes with the program without it.
    ///
    /// # Errors
    /// If what is there is no sheet.
    pub fn over(sheet: Option<&str>, region: Region, types: Arc<dyn InstanceTypes>) -> Result<Self, Unreadable> {
        let file = sheet.map_or_else(File::builtin, File::read)?;
        Ok(Self { region, types, file })
    }

    /// Takes what a file says, JSON or CSV by how it begins.
    ///
    /// # Errors
    /// [`Error`]; the sheet is as it was.
    pub fn read(&mut self, file: impl Read) -> Result<Imported, Error> {
        let mut file = BufReader::with_capacity(BUFFER, file);
        let mut found = Found::new(self.region.clone(), Arc::clone(&self.types));
        if file.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
            file.consume(BYTE_ORDER_MARK.len());
        }
        let begins_with = file.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        match begins_with {
            Some(b'{') => json::read(file, &mut found).map_err(Error::Json)?,
            _ => csv::read(file, &mut found)?,
        }
        let imported = found.imported();
        if imported.taken == 0 {
            return Err(Error::Nothing(imported));
        }
        found.merge_into(&mut self.file);
        Ok(imported)
    }

    /// The sheet, for `prices.toml`.
    ///
    /// # Errors
    /// If it could not be read again; nothing that can be imported leads to that.
    pub fn text(&self) -> Result<String, Unreadable> {
        let text = text::text(&self.file)?;
        File::read(&text)?;
        Ok(text)
    }

    /// The sheet, for bills.
    pub fn sheet(self) -> Sheet {
        Sheet::new(self.file, self.types)
    }
}
