//! Two results compared.
