//! Documents: parsed and measured once, remembered by hash; in production, only those that are known beforehand.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, Type,
};
use async_graphql::{Value, Variables};
use sha2::{Digest, Sha256};

use super::answer::Refusal;
use super::cache::Hash;
use super::call::Call;
use super::schema::PRICES;
use crate::graphql::limits::{self, Outline};
use crate::platform::config::{GraphQl, Limits};

pub struct Documents {
    known: moka::sync::Cache<Hash, Arc<Document>>,
    /// Set, nothing else is executed.
    trusted: Option<HashMap<Hash, String>>,
    introspection: bool,
    limits: Limits,
}

/// A document that is within the limits.
pub struct Document {
    pub parsed: ExecutableDocument,
    /// Of its text.
    pub hash: Hash,
    weight: u32,
    /// Set once the schema has found the whole document valid.
    valid: AtomicBool,
}

/// A parsed document is some sixteen times its text.
const WEIGHT: usize = 16; // bytes to a byte
const CAPACITY: u64 = 16 << 20;

impl Documents {
    pub fn new(config: &GraphQl) -> anyhow::Result<Self> {
        let path = &config.trusted_documents;
        let trusted = if path.as_os_str().is_empty() {
            None
        } else {
            Some(read_trusted(path)?)
        };
        Ok(Self {
            known: moka::sync::Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(|_, document: &Arc<Document>| document.weight)
                .build(),
            trusted,
            introspection: config.introspection,
            limits: config.limits,
        })
    }

    /// The operation that `call` asks for, within every limit but the rate.
    pub fn prepare(&self, call: Call) -> Result<Prepared, Refusal> {
        let document = self.document(&call)?;
        let prepared = Prepared {
            document,
            operation_name: call.operation_name,
            variables: call.variables,
            cost: 0,
        };
        let operation = prepared.operation().ok_or_else(|| {
            Refusal::document(
                "OPERATION_NOT_FOUND",
                "operationName must name one operation of the document",
            )
        })?;
        need_variables(operation, &prepared.variables)?;
        let cost = limits::cost(
            &prepared.document.parsed,
            operation,
            &prepared.variables,
            PRICES,
        );
        if cost > self.limits.cost {
            let exceeded = limits::Exceeded {
                rule: limits::Rule::Cost,
                allowed: self.limits.cost,
            };
            return Err(exceeded.into());
        }
        Ok(Prepared { cost, ..prepared })
    }

    fn document(&self, call: &Call) -> Result<Arc<Document>, Refusal> {
        let (hash, text) = self.text(call)?;
        if let Some(document) = self.known.get(&hash) {
            return Ok(document);
        }
        limits::tokens::scan(text, &self.limits)?;
        let parsed = parse_query(text)?;
        let outline = Outline::of(&parsed, &self.limits)?;
        if outline.introspects && !self.introspection {
            return Err(Refusal::coded("INTROSPECTION_DISABLED"));
        }
        let weight = u32::try_from(text.len().saturating_mul(WEIGHT)).unwrap_or(u32::MAX);
        let document = Arc::new(Document {
            parsed,
            hash,
            weight,
            valid: AtomicBool::new(false),
        });
        self.known.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    fn text<'a>(&'a self, call: &'a Call) -> Result<(Hash, &'a str), Refusal> {
        let named = call.hash.as_deref().map(decode).transpose()?;
        let sent: Option<Hash> = call.query.as_ref().map(|text| Sha256::digest(text).into());
        let hash = match (sent, named) {
            (Some(sent), Some(named)) if sent != named => {
                return Err(Refusal::malformed("the hash is not that of the document"));
            }
            (Some(hash), _) | (None, Some(hash)) => hash,
            (None, None) => return Err(Refusal::malformed("query is missing")),
        };
        match (&self.trusted, &call.query) {
            (Some(trusted), _) => match trusted.get(&hash) {
                Some(text) => Ok((hash, text)),
                None => Err(Refusal::coded("UNTRUSTED_DOCUMENT")),
            },
            (None, Some(text)) => Ok((hash, text)),
            (None, None) => Err(Refusal::document(
                "PERSISTED_QUERY_NOT_SUPPORTED",
                "send the document itself",
            )),
        }
    }
}

fn decode(hash: &str) -> Result<Hash, Refusal> {
    let mut bytes = Hash::default();
    hex::decode_to_slice(hash, &mut bytes)
        .map_err(|_| Refusal::malformed("the document's hash is not a SHA-256 in hexadecimal"))?;
    Ok(bytes)
}

fn read_trusted(path: &Path) -> anyhow::Result<HashMap<Hash, String>> {
    let name = path.display();
    let file = std::fs::read(path).with_context(|| format!("graphql.trusted_documents: {name}"))?;
    let documents: HashMap<String, String> = serde_json::from_slice(&file)
        .with_context(|| format!("{name} is not {{ hash: document }}"))?;
    let check = |(named, text): (String, String)| {
        let hash = Sha256::digest(&text);
        let right = named.eq_ignore_ascii_case(&hex::encode(hash));
        ensure!(right, "{name}: {named} is not the SHA-256 of its document");
        Ok((hash.into(), text))
    };
    documents.into_iter().map(check).collect()
}

/// Coercion fails before anything is executed when a variable that must have a value has none.
fn need_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let missing = matches!(
            variables.get(&definition.name.node),
            None | Some(Value::Null)
        );
        let null = variables.contains_key(&definition.name.node);
        if missing
            && !definition.var_type.node.nullable
            && (null || definition.default_value.is_none())
        {
            let (name, kind) = (&definition.name.node, &definition.var_type.node);
            return Err(Refusal::invalid(format!(
                "${name} of type {kind} needs a value"
            )));
        }
    }
    Ok(())
}

/// An operation that has passed the limits.
pub struct Prepared {
    pub document: Arc<Document>,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub cost: usize,
}

impl Prepared {
    pub fn operation(&self) -> Option<&OperationDefinition> {
        let found = match (&self.document.parsed.operations, &self.operation_name) {
            (DocumentOperations::Single(operation), None) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name.as_str()),
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
                operations.values().next()
            }
            _ => None,
        };
        found.map(|operation| &operation.node)
    }

    /// The variables with the fields of their objects in alphabetical order, however they were sent.
    pub fn variables_in_order(&self) -> serde_json::Value {
        serde_json::json!(self.variables)
    }

    pub fn found_valid(&self) {
        self.document.valid.store(true, Ordering::Relaxed);
    }

    /// Whether validating again could find nothing new: the document is valid, and its variables are plain scalars
    /// of the right kind, so that nothing depends on what they hold.
    pub fn is_valid(&self) -> bool {
        let fits = |operation: &OperationDefinition| {
            operation.variable_definitions.iter().all(|definition| {
                let kind = &definition.node.var_type.node;
                let value = self.variables.get(&definition.node.name.node);
                value.is_none_or(|value| fits(kind, value)) && is_plain(kind)
            })
        };
        self.document.valid.load(Ordering::Relaxed) && self.operation().is_some_and(fits)
    }
}

fn is_plain(kind: &Type) -> bool {
    match &kind.base {
        BaseType::List(inner) => is_plain(inner),
        BaseType::Named(name) => {
            matches!(name.as_str(), "ID" | "String" | "Int" | "Float" | "Boolean")
        }
    }
}

fn fits(kind: &Type, value: &Value) -> bool {
    match (&kind.base, value) {
        (_, Value::Null) => kind.nullable,
        (BaseType::List(inner), Value::List(items)) => items.iter().all(|item| fits(inner, item)),
        (BaseType::Named(name), value) => match (name.as_str(), value) {
            ("ID" | "String", Value::String(_))
            | ("Boolean", Value::Boolean(_))
            | ("Float", Value::Number(_)) => true,
            ("Int", Value::Number(number)) => {
                number.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
            }
            _ => false,
        },
        _ => false,
    }
}
