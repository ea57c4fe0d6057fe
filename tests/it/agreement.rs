//! Two mappers compared.
