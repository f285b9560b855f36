//! The schemas that operations name, compiled when they are first needed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::dialect::translate;

pub(crate) struct Schemas {
    components: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    pub(crate) fn of(components: Value) -> Self {
        Self { components, compiled: Mutex::default() }
    }

    /// What a reference to a response, a parameter or an example stands for; anything else stands for itself.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value.get("$ref").and_then(Value::as_str);
        let path = reference.and_then(|reference| reference.strip_prefix("#/components"));
        path.and_then(|path| self.components.pointer(path)).unwrap_or(value)
    }

    /// What is wrong with a value, one line each.
    pub(crate) fn errors(&self, place: &str, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(place, schema);
        let errors = validator.iter_errors(value);
        errors.map(|error| format!("{place}{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, place: &str, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let known = compiled.entry(place.to_owned());
        Arc::clone(known.or_insert_with(|| Arc::new(self.compile(place, schema))))
    }

    /// Together with the schemas that it names, and no others: the whole is large.
    fn compile(&self, place: &str, schema: &Value) -> Validator {
        let mut named = Vec::new();
        let root = translate(schema, &mut named);
        let mut definitions = Map::new();
        while let Some(name) = named.pop() {
            if !definitions.contains_key(&name) {
                let definition = translate(&self.components["schemas"][&name], &mut named);
                definitions.insert(name, definition);
            }
        }
        let whole = json!({ "allOf": [root], "definitions": definitions });
        let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft7).build(&whole);
        validator.unwrap_or_else(|error| panic!("{place}: {error}"))
    }
}
