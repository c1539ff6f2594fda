//! Where the workspace is, what it consists of, and a short hash that names its sources.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// The target of everything that runs in the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The packages that become WebAssembly in the built page.
pub const WASM_PACKAGES: [&str; 3] = ["vitrine-link", "vitrine-page", "vitrine-worker"];

/// The workspace that the command was called in.
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// What cargo knows about it and its dependencies.
    pub metadata: Metadata,
}

impl Workspace {
    /// Asks cargo about the workspace of the current folder.
    pub fn find() -> Result<Workspace> {
        let metadata = MetadataCommand::new()
            .exec()
            .context("cargo cannot read the workspace: call `cargo xtask` inside the repository")?;
        Ok(Workspace {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            metadata,
        })
    }

    /// A path inside the workspace.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder for what commands leave behind beside cargo's own output.
    pub fn target(&self) -> PathBuf {
        self.metadata.target_directory.clone().into_std_path_buf()
    }

    /// A package of the workspace by its name.
    pub fn package(&self, name: &str) -> Result<&Package> {
        self.metadata
            .workspace_packages()
            .into_iter()
            .find(|package| package.name == name)
            .with_context(|| format!("the workspace has no package {name}"))
    }

    /// The version of a dependency in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Result<String> {
        self.metadata
            .packages
            .iter()
            .find(|package| package.name == name)
            .map(|package| package.version.to_string())
            .with_context(|| format!("Cargo.lock has no package {name}"))
    }

    /// Names the sources of the two WebAssembly programs: the same sources give the same name, others another.
    pub fn build_id(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        let mut folders = self.wasm_source_folders()?;
        folders.push(self.path("www/locales"));
        folders.push(self.path("www/recorded"));
        let files = ["Cargo.lock", "Cargo.toml", ".cargo/config.toml", "www/tokens.css"];
        for file in folders
            .iter()
            .flat_map(|folder| files_under(folder))
            .chain(files.iter().map(|file| self.path(file)))
        {
            self.hash_file(&mut hasher, &file)?;
        }
        Ok(hex(&hasher.finalize())[..16].to_owned())
    }

    /// Names everything that the built folder depends on, and the place that it is built in: several clones may
    /// share a target folder.
    pub fn dist_id(&self, public_url: &str) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(self.root.as_os_str().as_encoded_bytes());
        hasher.update(self.build_id()?);
        hasher.update(public_url);
        for file in files_under(&self.path("www"))
            .into_iter()
            .chain(["index.html", "Trunk.toml", "package-lock.json"].map(|file| self.path(file)))
        {
            self.hash_file(&mut hasher, &file)?;
        }
        Ok(hex(&hasher.finalize()))
    }

    /// The folders of the packages that the WebAssembly programs consist of, as far as they are of this workspace.
    fn wasm_source_folders(&self) -> Result<Vec<PathBuf>> {
        let members: HashMap<&PackageId, &Package> = self
            .metadata
            .workspace_packages()
            .into_iter()
            .map(|package| (&package.id, package))
            .collect();
        let resolve = self
            .metadata
            .resolve
            .as_ref()
            .context("cargo gave no dependency graph")?;
        let mut reached: BTreeSet<&PackageId> = BTreeSet::new();
        let mut open: Vec<&PackageId> = WASM_PACKAGES
            .iter()
            .map(|name| self.package(name).map(|package| &package.id))
            .collect::<Result<_>>()?;
        while let Some(id) = open.pop() {
            if members.contains_key(id) && reached.insert(id) {
                open.extend(
                    resolve
                        .nodes
                        .iter()
                        .filter(|node| &node.id == id)
                        .flat_map(|node| &node.dependencies),
                );
            }
        }
        Ok(reached
            .into_iter()
            .filter_map(|id| members[id].manifest_path.parent())
            .map(|folder| folder.to_path_buf().into_std_path_buf())
            .collect())
    }

    fn hash_file(&self, hasher: &mut Sha256, file: &Path) -> Result<()> {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hasher.update(
            file.strip_prefix(&self.root)
                .unwrap_or(file)
                .to_string_lossy()
                .as_bytes(),
        );
        hasher.update(u64::try_from(bytes.len())?.to_le_bytes());
        hasher.update(bytes);
        Ok(())
    }
}

/// All files below a folder in a fixed order; none if the folder does not exist.
pub fn files_under(folder: &Path) -> Vec<PathBuf> {
    WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
