//! Where an API's paths begin: `servers[].url`, whose variables are filled in.

use crate::document::{Fault, Node, Problem};

/// How many beginnings an operation may have.
const BASES_MAX: usize = 64;

/// The beginnings of paths, such as `/v1`, without a slash at the end; `fallback` if the node has no servers.
pub(super) fn bases(node: &Node<'_>, fallback: &[String]) -> Result<Vec<String>, Fault> {
    let Some(servers) = node.get("servers") else { return Ok(fallback.to_vec()) };
    let mut bases = Vec::new();
    for server in servers.elements() {
        for url in urls(&server)? {
            let base = base_path(&url);
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
    }
    if bases.len() > BASES_MAX {
        return Err(too_many(&servers));
    }
    Ok(if bases.is_empty() { fallback.to_vec() } else { bases })
}

/// The host of the first server, if its URL has one.
pub(super) fn first_host(root: &Node<'_>) -> Result<Option<String>, Fault> {
    let Some(server) = root.get("servers").and_then(|servers| servers.elements().next()) else {
        return Ok(None);
    };
    let url = urls(&server)?.into_iter().next();
    let host = url.and_then(|url| Some(url.split_once("://")?.1.split(['/', '?', '#']).next()?.to_owned()));
    Ok(host)
}

/// A server's URL with each value that its variables may have, their defaults first. A variable that is not
/// described stays as it is: in a path it then is a label.
fn urls(server: &Node<'_>) -> Result<Vec<String>, Fault> {
    let mut urls = vec![server.text_of("url")?.unwrap_or("/").to_owned()];
    for (name, variable) in server.get("variables").iter().flat_map(Node::members) {
        let mut values = Vec::new();
        values.extend(variable.get("default"));
        values.extend(variable.get("enum").iter().flat_map(Node::elements));
        let label = format!("{{{name}}}");
        let mut filled = Vec::new();
        for url in &urls {
            for value in &values {
                let value = value.value.as_str().map_or_else(|| value.value.to_string(), str::to_owned);
                let url = url.replace(&label, &value);
                if !filled.contains(&url) {
                    filled.push(url);
                }
            }
        }
        if filled.len() > BASES_MAX {
            return Err(too_many(server));
        }
        if !filled.is_empty() {
            urls = filled;
        }
    }
    Ok(urls)
}

fn too_many(node: &Node<'_>) -> Fault {
    node.fault(Problem::TooMany { what: "servers and values of their variables", max: BASES_MAX })
}

/// The path of a URL, which may be relative to where the document lies: that is taken to be the root.
fn base_path(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(url),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    if path.is_empty() { String::new() } else { format!("/{path}") }
}
