//! Opaque tokens for paginated answers.
