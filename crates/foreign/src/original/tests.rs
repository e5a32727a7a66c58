use super::{bytes_of, fit};
use serde_json::{Value, json};

fn fitted(mut value: Value, max: usize) -> Value {
    fit(&mut value, max);
    assert!(bytes_of(&value) <= max.max(100), "{value}");
    value
}

#[test]
fn what_fits_stays() {
    let value = json!({"a": [1, {"b": "c"}], "n": null});
    assert_eq!(fitted(value.clone(), 1000), value);
    assert_eq!(bytes_of(&value), value.to_string().len());
}

#[test]
fn the_largest_part_goes_first_and_the_parts_around_it_stay() {
    let value = json!({"a": "small", "in": {"b": "small", "big": "x".repeat(5000)}});
    let omitted = json!({"omitted": true, "originalSize": 5002, "reason": "big too large"});
    assert_eq!(fitted(value, 1000), json!({"a": "small", "in": {"b": "small", "big": omitted}}));
}

#[test]
fn many_small_parts_go_together() {
    let wide: Value =
        (0..10_000).map(|n| (n.to_string(), Value::from(n))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(fitted(wide, 1000)["reason"], "original too large");
    assert_eq!(fitted(json!("x".repeat(5000)), 1000)["originalSize"], 5002);
}

#[test]
fn what_nests_too_deep_goes() {
    let deep = (0..125).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(fitted(deep, 1000), json!({"omitted": true, "reason": "original too deeply nested"}));
}
