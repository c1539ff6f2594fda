//! A small static server for the built page, on this machine only.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    io,
    path::{Component, Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, Server};

use crate::{
    build,
    workspace::{Workspace, files_under},
};

const PORTS_TO_TRY: u16 = 20;
const SERVER_THREADS: usize = 4;

/// Builds, serves until the process is ended, and builds again when a source changes.
pub fn serve(workspace: &Workspace, port: u16) -> Result<()> {
    let folder = build::dist(workspace, "./")?;
    let (server, port) = bind(port)?;
    let server = Arc::new(server);
    for _ in 0..SERVER_THREADS {
        let (server, folder) = (Arc::clone(&server), folder.clone());
        thread::spawn(move || {
            for request in server.incoming_requests() {
                // A browser that hangs up while a file is sent is no reason to stop.
                let _ = answer(request, &folder);
            }
        });
    }
    println!("Vitrine is at http://127.0.0.1:{port}/ (end with Ctrl+C)");
    let mut seen = fingerprint(workspace);
    loop {
        thread::sleep(Duration::from_secs(1));
        let now = fingerprint(workspace);
        if now != seen {
            seen = now;
            println!("a source has changed: building");
            match Workspace::find().and_then(|workspace| build::dist(&workspace, "./")) {
                Ok(_) => println!("built: reload http://127.0.0.1:{port}/"),
                Err(error) => eprintln!("error: {error:#}"),
            }
        }
    }
}

fn bind(first: u16) -> Result<(Server, u16)> {
    let last = first.saturating_add(PORTS_TO_TRY);
    let mut problem = anyhow!("no port was tried");
    for port in first..=last {
        match Server::http(("127.0.0.1", port)) {
            Ok(server) => return Ok((server, port)),
            Err(error) => problem = anyhow!(error),
        }
    }
    Err(problem).with_context(|| format!("no port of {first} to {last} is free: choose another by --port"))
}

fn answer(request: Request, folder: &Path) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::empty(405));
    }
    match file_for(request.url(), folder).and_then(|path| Some((fs::File::open(&path).ok()?, path))) {
        Some((file, path)) => respond(request, Response::from_file(file), &path),
        None => match fs::File::open(folder.join("404.html")) {
            Ok(file) => respond(
                request,
                Response::from_file(file).with_status_code(404),
                Path::new("404.html"),
            ),
            Err(_) => request.respond(Response::empty(404)),
        },
    }
}

fn respond(request: Request, mut response: Response<fs::File>, path: &Path) -> io::Result<()> {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if mime.type_() == mime_guess::mime::TEXT {
        "; charset=utf-8"
    } else {
        ""
    };
    for (name, value) in [
        ("Content-Type", format!("{mime}{charset}")),
        ("Cache-Control", "no-cache".into()),
    ] {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    request.respond(response)
}

/// The file that an address means, or nothing if it does not lie in the folder.
fn file_for(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    let inside = path
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    let file = folder.join(path);
    (inside && file.is_file()).then_some(file)
}

/// Changes when a source file changes.
fn fingerprint(workspace: &Workspace) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in ["crates", "www"]
        .iter()
        .flat_map(|folder| files_under(&workspace.path(folder)))
        .chain(["index.html", "Trunk.toml", "Cargo.toml"].map(|file| workspace.path(file)))
    {
        file.hash(&mut hasher);
        if let Ok(metadata) = fs::metadata(&file) {
            metadata.len().hash(&mut hasher);
            metadata.modified().ok().hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_leaves_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("dist");
        fs::create_dir(&folder).unwrap();
        fs::write(outer.path().join("secret"), "").unwrap();
        fs::write(folder.join("index.html"), "").unwrap();
        fs::write(folder.join("a.js"), "").unwrap();
        assert_eq!(file_for("/", &folder), Some(folder.join("index.html")));
        assert_eq!(file_for("/a.js?v=1", &folder), Some(folder.join("a.js")));
        assert_eq!(file_for("/../secret", &folder), None);
        assert_eq!(file_for("//etc/passwd", &folder), None);
        assert_eq!(file_for("/missing", &folder), None);
    }
}
