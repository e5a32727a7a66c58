//! `/_cairn/health`.

use super::text;
use crate::app::App;
use crate::clock;
use crate::metrics::free_bytes;
use bytes::Bytes;
use http::Response;
use serde_json::json;

/// 200 as soon as requests are served; the JSON says how things stand.
pub(super) fn answer(app: &App) -> Response<Bytes> {
    let log = app.journal.log();
    let stats = log.stats();
    let delivery = app.delivery.stats();
    let now = clock::now();
    let visible = app.history.seen();
    let reaches_catalog = app.journal.reaches_catalog();
    let health = json!({
        "status": if stats.fatal { "stopping" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
        "upSeconds": now.since(app.started).as_secs(),
        "log": {
            "end": log.committed().get(),
            "first": log.first().get(),
            "diskBytes": stats.disk_bytes,
            "queueBytes": stats.queue_bytes,
        },
        "catalog": {
            "shared": reaches_catalog.is_some(),
            "reachable": reaches_catalog.unwrap_or(true),
        },
        "history": {
            "visibleUpTo": visible.get(),
            "visibleUpToEnd": visible >= log.committed(),
            "committed": app.history.committed().get(),
        },
        "trails": {
            "position": app.delivery.position().get(),
            "outboxObjects": delivery.outbox_objects,
            "outboxAgeSeconds": delivery.outbox_oldest.map_or(0, |oldest| now.since(oldest).as_secs()),
        },
        "stores": {
            "visibleUpTo": app.stores.position().get(),
            "committed": app.stores.saved().get(),
            "behind": app.stores.behind(),
        },
        "diskFreeBytes": free_bytes(&app.config.data),
    });
    text(format!("{health:#}\n"), "application/json")
}
