//! What both tours ask of the region alike.

use anyhow::{Context, Result};
use freehold_client::{Client, Element, Refusal};

/// How the codes end that say of something: it is not there.
const GONE: [&str; 3] = ["NotFound", "NotFoundException", "ValidationError"];

/// The newest of Freehold's own images.
pub async fn newest_image(client: &Client) -> Result<Element> {
    let asked = [("Owner.1", "amazon"), ("Filter.1.Name", "name"), ("Filter.1.Value.1", "freehold-minimal-*")];
    let answer = client.ec2("DescribeImages", &asked).await.context("DescribeImages")?;
    let created = |image: &&Element| image.value("creationDate").unwrap_or_default().to_owned();
    let newest = answer.items("imagesSet").iter().max_by_key(created);
    newest.cloned().context("the region has no image named freehold-minimal-*")
}

/// The code of a refusal.
pub fn code(error: &anyhow::Error) -> Option<&str> {
    error.downcast_ref::<Refusal>().map(|refusal| refusal.code.as_str())
}

/// Removing what is gone already has succeeded.
pub fn gone(answer: Result<Element>) -> Result<()> {
    match answer {
        Err(error) if code(&error).is_some_and(|code| GONE.iter().any(|gone| code.ends_with(gone))) => Ok(()),
        other => other.map(drop),
    }
}
