//! From the dialect of OpenAPI 3.0 to JSON Schema.

use serde_json::{Map, Value, json};

/// Where schemas that others name are, in what is handed to the validator.
pub(crate) const DEFINITIONS: &str = "#/definitions/";
const COMPONENTS: &str = "#/components/schemas/";

/// A schema that JSON Schema can read. Names of the schemas that it points at are added to `named`.
pub(crate) fn translate(schema: &Value, named: &mut Vec<String>) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| translate(item, named)).collect(),
        Value::Object(members) => object(members, named),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

fn object(members: &Map<String, Value>, named: &mut Vec<String>) -> Value {
    if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix(COMPONENTS))
    {
        named.push(name.to_owned());
        return json!({ "$ref": format!("{DEFINITIONS}{name}") });
    }
    let mut translated = Map::new();
    for (key, value) in members {
        match key.as_str() {
            // Examples and values are no schemas, and words are for people.
            "enum" | "default" | "required" | "const" => {
                translated.insert(key.clone(), value.clone());
            }
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let properties = properties.map(|(name, schema)| (name.clone(), translate(schema, named)));
                let properties = properties.collect();
                translated.insert(key.clone(), Value::Object(properties));
            }
            "example" | "examples" | "description" | "title" | "discriminator" | "nullable" | "format" => {}
            _ => {
                translated.insert(key.clone(), translate(value, named));
            }
        }
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [{ "type": "null" }, translated] });
    }
    Value::Object(translated)
}
