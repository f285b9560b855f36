//! One operation of GitHub's API, and what it documents.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{Exchange, schemas::Schemas};

/// Statuses that any operation may answer, though most do not say so: nothing has changed, moved, and refusals.
const COMMON: [u16; 14] = [301, 307, 304, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503];

pub(crate) struct Operation {
    method: String,
    pub(crate) path: String,
    description: Value,
}

impl Operation {
    pub(crate) fn of(method: &str, path: &str, description: Value) -> Self {
        Self { method: method.to_uppercase(), path: path.to_owned(), description }
    }

    pub(crate) fn has_method(&self, method: &str) -> bool {
        self.method == method
    }

    /// The values in a path of this operation.
    pub(crate) fn matching(&self, path: &str) -> Option<HashMap<String, String>> {
        let mut values = HashMap::new();
        let mut segments = path.split('/');
        let mut templates = self.path.split('/').peekable();
        while let Some(template) = templates.next() {
            let Some(name) = template.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
                if segments.next() != Some(template) {
                    return None;
                }
                continue;
            };
            let mut value = segments.next()?.to_owned();
            // The path of a file has several segments.
            if name == "path" && templates.peek().is_none() {
                value = segments.by_ref().fold(value, |path, segment| format!("{path}/{segment}"));
            }
            values.insert(name.to_owned(), value);
        }
        segments.next().is_none().then_some(values)
    }

    pub(crate) fn violations(
        &self,
        schemas: &Schemas,
        exchange: &Exchange<'_>,
        in_path: &HashMap<String, String>,
    ) -> Vec<String> {
        let mut violations = self.of_parameters(schemas, exchange.query, in_path);
        violations.extend(self.of_sent(schemas, exchange.sent));
        if !exchange.is_fault {
            violations.extend(self.of_answer(schemas, exchange));
        }
        let (method, path) = (&self.method, &self.path);
        violations.into_iter().map(|violation| format!("{method} {path}: {violation}")).collect()
    }

    fn of_parameters(
        &self,
        schemas: &Schemas,
        query: &str,
        in_path: &HashMap<String, String>,
    ) -> Vec<String> {
        let described = self.description["parameters"].as_array().into_iter().flatten();
        let described: Vec<_> = described.map(|parameter| schemas.resolve(parameter)).collect();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let in_query =
            pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(n, v)| ("query", n, v));
        let in_path = in_path.iter().map(|(name, value)| ("path", name.as_str(), value.as_str()));
        let check = |(place, name, value): (&str, &str, &str)| {
            let parameter = described.iter().find(|known| known["in"] == place && known["name"] == name);
            let Some(parameter) = parameter else {
                return vec![format!("{place} parameter {name} is not described")];
            };
            let schema = schemas.resolve(&parameter["schema"]);
            let place = format!("{} {} {place} parameter {name}", self.method, self.path);
            schemas.errors(&place, schema, &typed(schema, value))
        };
        in_query.chain(in_path).flat_map(check).collect()
    }

    fn of_sent(&self, schemas: &Schemas, sent: &[u8]) -> Vec<String> {
        let body = schemas.resolve(&self.description["requestBody"]);
        let schema = &body["content"]["application/json"]["schema"];
        match (sent.is_empty(), schema.is_null()) {
            (true, _) if body["required"] != true => Vec::new(),
            (true, _) => vec!["the body is missing".to_owned()],
            (false, true) => vec!["a body is sent, and none is described".to_owned()],
            (false, false) => match serde_json::from_slice(sent) {
                Ok(sent) => schemas.errors(&format!("{} {} sent", self.method, self.path), schema, &sent),
                Err(error) => vec![format!("what is sent is no JSON: {error}")],
            },
        }
    }

    fn of_answer(&self, schemas: &Schemas, exchange: &Exchange<'_>) -> Vec<String> {
        let Exchange { status, body, .. } = *exchange;
        let response = schemas.resolve(&self.description["responses"][status.to_string()]);
        if response.is_null() && !COMMON.contains(&status) {
            return vec![format!("status {status} is not described")];
        }
        let content = response["content"]["application/json"]["schema"].clone();
        if body.is_empty() {
            let is_fine = content.is_null() && (status == 304 || !response.is_null());
            return if is_fine { Vec::new() } else { vec![format!("{status} has no body")] };
        }
        let error =
            json!({ "allOf": [{ "$ref": "#/components/schemas/basic-error" }], "required": ["message"] });
        let schema = match (content.is_null(), response.is_null()) {
            (false, _) => content,
            (true, true) => error,
            (true, false) => return vec![format!("{status} has a body, and none is described")],
        };
        match serde_json::from_slice(body) {
            Ok(body) => schemas.errors(&format!("{} {} {status}", self.method, self.path), &schema, &body),
            Err(error) => vec![format!("{status} is no JSON: {error}")],
        }
    }

    /// Its example answers with this status.
    pub(crate) fn examples(&self, schemas: &Schemas, status: u16) -> Vec<Value> {
        let response = schemas.resolve(&self.description["responses"][status.to_string()]);
        let examples = response["content"]["application/json"]["examples"].as_object().into_iter().flatten();
        examples.map(|(_, example)| schemas.resolve(example)["value"].clone()).collect()
    }
}

/// The text of a parameter as a value of its type. What is no such value stays text, which the schema then refuses.
fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}
