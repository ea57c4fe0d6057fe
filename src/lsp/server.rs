//! The loop: messages in, answers out. One thread keeps the texts in step and answers what needs no findings; another
//! checks, so that typing never waits for it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, RequestId, Response};
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability,
    CompletionOptions, CompletionParams, Diagnostic, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWatchedFilesRegistrationOptions, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse,
    FileSystemWatcher, GlobPattern, GotoDefinitionParams, GotoDefinitionResponse, HoverParams, HoverProviderCapability,
    InitializeParams, Location, LogMessageParams, MessageType, OneOf, PublishDiagnosticsParams, Registration,
    RegistrationParams, SaveOptions, ServerCapabilities, ShowMessageParams, SymbolInformation,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::actions::{self, Asked};
use super::analysis::Analysis;
use super::complete::{self, Takes, Typed};
use super::diagnostics::{self, Shown};
use super::documents::Document;
use super::goto::{self, Known, Referred};
use super::outline::Outline;
use super::position::Encoding;
use super::project::{Defaults, Failure, Project, Settings};
use super::workspace::Index;
use super::{hover, symbols, uri};
use crate::config::FILE_NAME;
use crate::language::Language;
use crate::lint::Presence;
use crate::schema;

/// How long a text has to rest before it is checked.
const REST: Duration = Duration::from_millis(20);

/// How long an idle checker sleeps; only a message wakes it.
const IDLE: Duration = Duration::from_secs(3600);

/// What the process knows and the protocol does not say.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The language of `--lang`.
    pub asked: Option<Language>,
    /// The language of the locale.
    pub locale: Option<Language>,
    /// Gives the day.
    pub today: fn() -> jiff::civil::Date,
}

/// Serves one client over standard input and output until it leaves; false where it did so without a goodbye, and an error
/// is a sentence.
pub fn serve(start: Start) -> Result<bool, String> {
    let (connection, threads) = Connection::stdio();
    let ended = converse(connection, start).map_err(|error| error.to_string());
    // The threads end when the connection has gone.
    let is_polite = ended?;
    threads.join().map_err(|error| error.to_string())?;
    Ok(is_polite)
}

/// The same over any connection.
pub fn converse(connection: Connection, start: Start) -> Result<bool, ProtocolError> {
    let (id, params) = connection.initialize_start()?;
    let params: InitializeParams = match serde_json::from_value(params) {
        Ok(params) => params,
        Err(error) => {
            let code = ErrorCode::InvalidParams as i32;
            let refused = Response::new_err(id, code, error.to_string());
            let _ = connection.sender.send(refused.into());
            return Ok(false);
        }
    };
    let client = Client::of(&params);
    let answer = serde_json::json!({
        "capabilities": capabilities(&client),
        "serverInfo": { "name": "credlint", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer)?;
    let sender = connection.sender.clone();
    let line = Line(Arc::new(move |message| {
        // Nobody listens any more: the loop is about to end.
        let _ = sender.send(message);
    }));
    let mut server = Server::new(client, &params, start, line);
    server.begin();
    let mut is_polite = false;
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    is_polite = true;
                    break;
                }
                server.request(request);
            }
            Message::Notification(notification) => server.notification(notification),
            Message::Response(_) => {}
        }
    }
    server.end();
    Ok(is_polite)
}

/// Where messages to the client go.
#[derive(Clone)]
struct Line(Arc<dyn Fn(Message) + Send + Sync>);

impl Line {
    fn notify<N: notification::Notification>(&self, params: N::Params) {
        (self.0)(Notification::new(N::METHOD.to_string(), params).into());
    }

    fn answer(&self, id: RequestId, result: impl Serialize) {
        (self.0)(Response::new_ok(id, result).into());
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: String) {
        (self.0)(Response::new_err(id, code as i32, message).into());
    }

    fn log(&self, message: String) {
        self.notify::<notification::LogMessage>(LogMessageParams {
            typ: MessageType::ERROR,
            message,
        });
    }

    fn publish(&self, uri: Uri, diagnostics: Vec<Diagnostic>, version: Option<i32>) {
        self.notify::<notification::PublishDiagnostics>(PublishDiagnosticsParams::new(uri, diagnostics, version));
    }
}

/// What the client can do.
#[derive(Clone, Copy, Debug, Default)]
struct Client {
    encoding: Encoding,
    shown: Shown,
    takes: Takes,
    versioned: bool,
    nested_symbols: bool,
    watches: bool,
}

impl Client {
    fn of(params: &InitializeParams) -> Client {
        let ClientCapabilities {
            workspace,
            text_document,
            general,
            ..
        } = &params.capabilities;
        let offered = general.as_ref().and_then(|general| general.position_encodings.clone());
        let text = text_document.as_ref();
        let published = text.and_then(|text| text.publish_diagnostics.as_ref());
        let completion = text.and_then(|text| text.completion.as_ref());
        let item = completion.and_then(|completion| completion.completion_item.as_ref());
        let symbols = text.and_then(|text| text.document_symbol.as_ref());
        let edits = workspace
            .as_ref()
            .and_then(|workspace| workspace.workspace_edit.as_ref());
        let watched = workspace
            .as_ref()
            .and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let as_is = item
            .and_then(|item| item.insert_text_mode_support.as_ref())
            .is_some_and(|modes| modes.value_set.contains(&lsp_types::InsertTextMode::AS_IS));
        Client {
            encoding: Encoding::negotiate(&offered.unwrap_or_default()),
            shown: Shown {
                related: published.and_then(|own| own.related_information).unwrap_or(false),
                tags: published.is_some_and(|own| own.tag_support.is_some()),
                links: published.and_then(|own| own.code_description_support).unwrap_or(false),
            },
            takes: Takes {
                snippets: item.and_then(|item| item.snippet_support).unwrap_or(false),
                as_is,
            },
            versioned: edits.and_then(|edits| edits.document_changes).unwrap_or(false),
            nested_symbols: symbols
                .and_then(|symbols| symbols.hierarchical_document_symbol_support)
                .unwrap_or(false),
            watches: watched
                .and_then(|watched| watched.dynamic_registration)
                .unwrap_or(false),
        }
    }
}

fn capabilities(client: &Client) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions::default())),
        ..TextDocumentSyncOptions::default()
    };
    let kinds = vec![CodeActionKind::QUICKFIX, CodeActionKind::new(actions::FIX_ALL)];
    let actions = CodeActionOptions {
        code_action_kinds: Some(kinds),
        ..CodeActionOptions::default()
    };
    let triggers = [":", " ", "\""].map(str::to_string).to_vec();
    let completion = CompletionOptions {
        trigger_characters: Some(triggers),
        ..CompletionOptions::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(OneOf::Left(true)),
    };
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(completion),
        definition_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(folders),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}

/// A lock of which nobody cares whether somebody died while holding it: what it guards is whole at any time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What both threads know.
struct Shared {
    client: Client,
    line: Line,
    settings: Settings,
    asked: Option<Language>,
    language: Language,
    today: fn() -> jiff::civil::Date,
    /// The newest version of each open text.
    newest: Mutex<HashMap<String, i32>>,
    projects: Mutex<Projects>,
}

/// What is in force, by folder.
#[derive(Default)]
struct Projects {
    by_folder: HashMap<PathBuf, Arc<Project>>,
    /// What was in force before a configuration was broken.
    earlier: HashMap<PathBuf, Arc<Project>>,
    /// Files with diagnostics about themselves.
    blamed: Vec<Uri>,
    since: Option<jiff::civil::Date>,
}

impl Shared {
    /// What is in force for a document; read once, until something changes or the day is over.
    fn project(&self, document: &Document) -> Option<Arc<Project>> {
        let path = document.path.as_deref();
        let folder = path.and_then(Path::parent).unwrap_or(Path::new(".")).to_path_buf();
        let today = (self.today)();
        let mut projects = lock(&self.projects);
        if projects.since.replace(today) != Some(today) {
            projects.by_folder.clear();
        }
        if let Some(project) = projects.by_folder.get(&folder) {
            return Some(Arc::clone(project));
        }
        let defaults = Defaults {
            asked: self.asked,
            language: self.language,
            today,
        };
        let project = match Project::of(&folder, &self.settings, &defaults) {
            Ok(project) => Arc::new(project),
            Err(failure) => {
                self.blame(&failure, &mut projects);
                let earlier = projects.earlier.get(&folder).cloned();
                let plain = || Project::without_configuration(&self.settings, &defaults);
                let bare = || Project::without_configuration(&Settings::default(), &defaults);
                earlier.or_else(|| plain().or_else(|_| bare()).ok().map(Arc::new))?
            }
        };
        projects.by_folder.insert(folder.clone(), Arc::clone(&project));
        projects.earlier.insert(folder, Arc::clone(&project));
        Some(project)
    }

    /// Says what is wrong with a configuration: at its places, and once in words.
    fn blame(&self, failure: &Failure, projects: &mut Projects) {
        let own = failure.file.as_ref();
        if let Some(address) = own.and_then(|(path, _)| uri::of(path)) {
            if projects.blamed.contains(&address) {
                return;
            }
            let found = diagnostics::of_failure(failure, self.client.encoding);
            self.line.publish(address.clone(), found, None);
            projects.blamed.push(address);
        }
        let file = own.map_or_else(String::new, |(_, source)| format!("{}: ", source.name()));
        let messages: Vec<&str> = failure.mistakes.iter().map(|(_, message)| message.as_str()).collect();
        self.line.notify::<notification::ShowMessage>(ShowMessageParams {
            typ: MessageType::WARNING,
            message: format!("credlint: {file}{}", messages.join("; ")),
        });
    }

    /// Forgets what was in force; it will be read anew.
    fn forget(&self) {
        let mut projects = lock(&self.projects);
        projects.by_folder.clear();
        for address in std::mem::take(&mut projects.blamed) {
            self.line.publish(address, Vec::new(), None);
        }
    }

    fn is_newest(&self, document: &Document) -> bool {
        lock(&self.newest).get(document.uri.as_str()) == Some(&document.version)
    }
}

/// What the checker is asked to do.
enum Work {
    /// Check a text when it has rested, or at once.
    Check(Arc<Document>, Duration),
    /// Forget a text that was closed.
    Close(Uri),
    /// Answer what needs findings.
    Answer(RequestId, Arc<Document>, Question),
}

enum Question {
    Hover(lsp_types::Position),
    Actions(lsp_types::Range, Option<Vec<CodeActionKind>>),
}

struct Server {
    shared: Arc<Shared>,
    documents: HashMap<String, Arc<Document>>,
    folders: Vec<PathBuf>,
    index: Arc<Mutex<Option<Index>>>,
    work: Option<Sender<Work>>,
    checker: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn new(client: Client, params: &InitializeParams, start: Start, line: Line) -> Server {
        let settings = params.initialization_options.clone().unwrap_or_default();
        let settings = match settings {
            Json::Null => Ok(Settings::default()),
            written => serde_json::from_value(written),
        };
        let settings = settings.unwrap_or_else(|error| {
            line.log(format!("credlint: initializationOptions: {error}"));
            Settings::default()
        });
        let editor = params.locale.as_deref().and_then(Language::from_tag);
        let folders = params
            .workspace_folders
            .iter()
            .flatten()
            .filter_map(|folder| uri::path(&folder.uri));
        let mut folders: Vec<PathBuf> = folders.collect();
        #[expect(deprecated, reason = "older clients name the one folder that they have")]
        let root = params.root_uri.as_ref().and_then(uri::path);
        if folders.is_empty() {
            folders.extend(root);
        }
        let shared = Shared {
            client,
            line,
            settings,
            asked: start.asked,
            language: editor.or(start.locale).unwrap_or_default(),
            today: start.today,
            newest: Mutex::default(),
            projects: Mutex::default(),
        };
        Server {
            shared: Arc::new(shared),
            documents: HashMap::new(),
            folders,
            index: Arc::default(),
            work: None,
            checker: None,
        }
    }

    fn begin(&mut self) {
        let (sender, receiver) = channel();
        self.work = Some(sender);
        let shared = Arc::clone(&self.shared);
        self.checker = Some(std::thread::spawn(move || Checker::new(shared).run(&receiver)));
        // The schema takes as long to compile as the rules to load; whoever needs it first waits.
        std::thread::spawn(schema::descriptor_validator);
        self.look_through();
        if self.shared.client.watches {
            self.watch();
        }
    }

    fn end(&mut self) {
        self.work = None;
        if let Some(checker) = self.checker.take() {
            let _ = checker.join();
        }
    }

    /// Reads the ids of the workspace, beside everything else.
    fn look_through(&self) {
        let (folders, encoding) = (self.folders.clone(), self.shared.client.encoding);
        let index = Arc::clone(&self.index);
        let (ready, held) = channel();
        std::thread::spawn(move || {
            let mut guard = lock(&index);
            let _ = ready.send(());
            *guard = Some(Index::of(&folders, encoding));
        });
        // Whoever asks from now on waits for it.
        let _ = held.recv();
    }

    fn watch(&self) {
        let kinds = ["**/*.{yaml,yml,json,jsonld}"].map(|glob| FileSystemWatcher {
            glob_pattern: GlobPattern::String(glob.to_string()),
            kind: None,
        });
        let options = DidChangeWatchedFilesRegistrationOptions {
            watchers: kinds.to_vec(),
        };
        let registration = Registration {
            id: "credlint-files".to_string(),
            method: notification::DidChangeWatchedFiles::METHOD.to_string(),
            register_options: serde_json::to_value(options).ok(),
        };
        let params = RegistrationParams {
            registrations: vec![registration],
        };
        let id = RequestId::from("credlint-files".to_string());
        let request = Request::new(id, request::RegisterCapability::METHOD.to_string(), params);
        (self.shared.line.0)(request.into());
    }

    fn ask(&self, work: Work) {
        if let Some(sender) = &self.work {
            let _ = sender.send(work);
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            notification::DidOpenTextDocument::METHOD => self.opened(params),
            notification::DidChangeTextDocument::METHOD => self.changed(params),
            notification::DidCloseTextDocument::METHOD => self.closed(params),
            notification::DidSaveTextDocument::METHOD => self.saved(params),
            notification::DidChangeWatchedFiles::METHOD => self.files_changed(params),
            notification::DidChangeWorkspaceFolders::METHOD => self.folders_changed(params),
            // What is not known may be ignored: cancelled requests are answered anyway, and soon.
            _ => {}
        }
    }

    fn read<P: DeserializeOwned>(&self, params: Json) -> Option<P> {
        serde_json::from_value(params)
            .map_err(|error| self.shared.line.log(format!("credlint: {error}")))
            .ok()
    }

    fn opened(&mut self, params: Json) {
        let Some(params) = self.read::<DidOpenTextDocumentParams>(params) else {
            return;
        };
        let document = Document::open(params.text_document, self.shared.client.encoding);
        self.keep(document, Duration::ZERO);
    }

    fn changed(&mut self, params: Json) {
        let Some(params) = self.read::<DidChangeTextDocumentParams>(params) else {
            return;
        };
        let name = params.text_document.uri.as_str().to_string();
        let Some(document) = self.documents.get(&name) else {
            return;
        };
        let document = document.changed(params.content_changes, params.text_document.version);
        self.keep(document, REST);
    }

    fn keep(&mut self, document: Document, rest: Duration) {
        let name = document.uri.as_str().to_string();
        let document = Arc::new(document);
        lock(&self.shared.newest).insert(name.clone(), document.version);
        self.documents.insert(name, Arc::clone(&document));
        self.ask(Work::Check(document, rest));
    }

    fn closed(&mut self, params: Json) {
        let Some(params) = self.read::<DidCloseTextDocumentParams>(params) else {
            return;
        };
        let uri = params.text_document.uri;
        lock(&self.shared.newest).remove(uri.as_str());
        let document = self.documents.remove(uri.as_str());
        // What was typed and not saved is gone.
        self.look_at(document.iter().filter_map(|document| document.path.clone()).collect());
        self.ask(Work::Close(uri));
    }

    fn saved(&mut self, params: Json) {
        let Some(params) = self.read::<DidSaveTextDocumentParams>(params) else {
            return;
        };
        let path: Vec<PathBuf> = uri::path(&params.text_document.uri).into_iter().collect();
        if path
            .iter()
            .any(|path| path.file_name().is_some_and(|name| name == FILE_NAME))
        {
            self.configuration_changed();
        }
        self.look_at(path);
    }

    fn files_changed(&mut self, params: Json) {
        let Some(params) = self.read::<DidChangeWatchedFilesParams>(params) else {
            return;
        };
        let paths: Vec<PathBuf> = params
            .changes
            .iter()
            .filter_map(|change| uri::path(&change.uri))
            .collect();
        let projects: Vec<Arc<Project>> = lock(&self.shared.projects).by_folder.values().cloned().collect();
        let decides = |path: &PathBuf| {
            let in_pack = |pack: &PathBuf| path.starts_with(pack);
            path.file_name().is_some_and(|name| name == FILE_NAME)
                || projects.iter().any(|project| {
                    let config = &project.config;
                    config.rule_packs.iter().any(in_pack) || config.baseline.as_ref() == Some(path)
                })
        };
        if paths.iter().any(decides) {
            self.configuration_changed();
        }
        self.look_at(paths);
    }

    /// Looks at files once more, beside everything else, for the ids in them.
    fn look_at(&self, paths: Vec<PathBuf>) {
        let inside = |path: &PathBuf| self.folders.iter().any(|folder| path.starts_with(folder));
        let paths: Vec<PathBuf> = paths.into_iter().filter(inside).collect();
        if paths.is_empty() {
            return;
        }
        let index = Arc::clone(&self.index);
        std::thread::spawn(move || {
            let mut guard = lock(&index);
            if let Some(index) = guard.as_mut() {
                paths.iter().for_each(|path| index.refresh(path));
            }
        });
    }

    fn configuration_changed(&mut self) {
        self.shared.forget();
        let documents = self.documents.values();
        documents.for_each(|document| self.ask(Work::Check(Arc::clone(document), Duration::ZERO)));
    }

    fn folders_changed(&mut self, params: Json) {
        let Some(params) = self.read::<DidChangeWorkspaceFoldersParams>(params) else {
            return;
        };
        let gone: Vec<PathBuf> = params
            .event
            .removed
            .iter()
            .filter_map(|own| uri::path(&own.uri))
            .collect();
        self.folders.retain(|folder| !gone.contains(folder));
        let new = params.event.added.iter().filter_map(|own| uri::path(&own.uri));
        self.folders.extend(new);
        self.look_through();
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let line = self.shared.line.clone();
        let answered = catch_unwind(AssertUnwindSafe(|| self.answer(id.clone(), &method, params)));
        match answered {
            Ok(Ok(())) => {}
            Ok(Err(error)) => line.refuse(id, ErrorCode::InvalidParams, error.to_string()),
            Err(_) => line.refuse(id, ErrorCode::InternalError, format!("{method} failed")),
        }
    }

    fn answer(&mut self, id: RequestId, method: &str, params: Json) -> Result<(), serde_json::Error> {
        let line = &self.shared.line;
        match method {
            request::HoverRequest::METHOD => {
                let params: HoverParams = serde_json::from_value(params)?;
                let place = params.text_document_position_params;
                self.ask_about(id, &place.text_document.uri, Question::Hover(place.position));
            }
            request::CodeActionRequest::METHOD => {
                let params: CodeActionParams = serde_json::from_value(params)?;
                let question = Question::Actions(params.range, params.context.only);
                self.ask_about(id, &params.text_document.uri, question);
            }
            request::Completion::METHOD => {
                let params: CompletionParams = serde_json::from_value(params)?;
                line.answer(id, self.completion(&params));
            }
            request::DocumentSymbolRequest::METHOD => {
                let params: DocumentSymbolParams = serde_json::from_value(params)?;
                line.answer(id, self.symbols(&params.text_document.uri));
            }
            request::GotoDefinition::METHOD => {
                let params: GotoDefinitionParams = serde_json::from_value(params)?;
                line.answer(id, self.definition(&params));
            }
            _ => line.refuse(id, ErrorCode::MethodNotFound, format!("{method} is not known")),
        }
        Ok(())
    }

    fn ask_about(&self, id: RequestId, uri: &Uri, question: Question) {
        match self.documents.get(uri.as_str()) {
            Some(document) => self.ask(Work::Answer(id, Arc::clone(document), question)),
            None => self.shared.line.answer(id, Json::Null),
        }
    }

    /// An open document that is looked at, and what is in force for it.
    fn looked_at(&self, uri: &Uri) -> Option<(Arc<Document>, Arc<Project>)> {
        let document = self.documents.get(uri.as_str())?;
        let project = self.shared.project(document)?;
        project.presence(document)?;
        Some((Arc::clone(document), project))
    }

    fn completion(&self, params: &CompletionParams) -> Option<lsp_types::CompletionList> {
        let place = &params.text_document_position;
        let (document, project) = self.looked_at(&place.text_document.uri)?;
        let typed = Typed {
            text: &document.text,
            is_json: document.is_json(),
            is_included: project.presence(&document) == Some(Presence::Named),
            project: &project,
            takes: self.shared.client.takes,
        };
        let offset = document.text.offset(place.position);
        Some(complete::at(&typed, offset, &|| self.practices()))
    }

    /// The practices of the workspace and of the open texts, by their ids.
    fn practices(&self) -> Vec<Known> {
        let guard = lock(&self.index);
        let named = guard.iter().flat_map(Index::all);
        let mut all: Vec<Known> = named
            .map(|named| Known {
                id: named.id.clone(),
                title: named.title.clone(),
                span: crate::source::Span::default(),
            })
            .collect();
        for document in self.documents.values() {
            let text = document.text.as_str();
            all.extend(goto::practices(&Outline::of(text), text));
        }
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        all
    }

    fn symbols(&self, uri: &Uri) -> Option<DocumentSymbolResponse> {
        let (document, project) = self.looked_at(uri)?;
        let symbols = symbols::of(&document.text, &document.name(), &project);
        if self.shared.client.nested_symbols {
            return Some(DocumentSymbolResponse::Nested(symbols));
        }
        let mut flat = Vec::new();
        flatten(&document.uri, symbols, None, &mut flat);
        Some(DocumentSymbolResponse::Flat(flat))
    }

    fn definition(&self, params: &GotoDefinitionParams) -> Option<GotoDefinitionResponse> {
        let place = &params.text_document_position_params;
        let (document, _) = self.looked_at(&place.text_document.uri)?;
        let text = &document.text;
        let outline = Outline::of(text.as_str());
        let (referred, id, near) = goto::asked(&outline, text.as_str(), text.offset(place.position))?;
        if referred != Referred::Practice {
            let known = goto::inside(&outline, text.as_str(), referred, near);
            let ranges = goto::ranges(text, &known, &id).into_iter();
            let places = ranges.map(|range| Location::new(document.uri.clone(), range));
            return Some(GotoDefinitionResponse::Array(places.collect()));
        }
        // What is open is newer than what is in the file.
        let mut places = Vec::new();
        let mut open: Vec<&Arc<Document>> = self.documents.values().collect();
        open.sort_by(|a, b| a.uri.cmp(&b.uri));
        for own in &open {
            let known = goto::practices(&Outline::of(own.text.as_str()), own.text.as_str());
            let ranges = goto::ranges(&own.text, &known, &id).into_iter();
            places.extend(ranges.map(|range| Location::new(own.uri.clone(), range)));
        }
        let is_open = |path: &Path| open.iter().any(|own| own.path.as_deref() == Some(path));
        if let Some(index) = lock(&self.index).as_ref() {
            places.extend(index.find(&id, &is_open));
        }
        Some(GotoDefinitionResponse::Array(places))
    }
}

#[expect(deprecated, reason = "the field is there, though tags have taken its place")]
fn flatten(uri: &Uri, symbols: Vec<DocumentSymbol>, container: Option<&str>, flat: &mut Vec<SymbolInformation>) {
    for symbol in symbols {
        flat.push(SymbolInformation {
            name: symbol.name.clone(),
            kind: symbol.kind,
            tags: None,
            deprecated: None,
            location: Location::new(uri.clone(), symbol.range),
            container_name: container.map(str::to_string),
        });
        flatten(uri, symbol.children.unwrap_or_default(), Some(&symbol.name), flat);
    }
}

/// A text that waits until it has rested.
struct Waiting {
    document: Arc<Document>,
    due: Instant,
}

/// The thread that checks.
struct Checker {
    shared: Arc<Shared>,
    waiting: Vec<Waiting>,
    found: HashMap<String, Arc<Analysis>>,
}

impl Checker {
    fn new(shared: Arc<Shared>) -> Checker {
        Checker {
            shared,
            waiting: Vec::new(),
            found: HashMap::new(),
        }
    }

    fn run(&mut self, work: &Receiver<Work>) {
        loop {
            let now = Instant::now();
            let due = self.waiting.iter().map(|waiting| waiting.due).min();
            let pause = due.map_or(IDLE, |due| due.saturating_duration_since(now));
            match work.recv_timeout(pause) {
                Ok(work) => self.take(work),
                Err(RecvTimeoutError::Timeout) => self.check_what_is_due(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, work: Work) {
        match work {
            Work::Check(document, rest) => {
                self.waiting.retain(|waiting| waiting.document.uri != document.uri);
                let due = Instant::now() + rest;
                self.waiting.push(Waiting { document, due });
            }
            Work::Close(uri) => {
                self.waiting.retain(|waiting| waiting.document.uri != uri);
                self.found.remove(uri.as_str());
                self.shared.line.publish(uri, Vec::new(), None);
            }
            Work::Answer(id, document, question) => {
                let line = self.shared.line.clone();
                let answered = catch_unwind(AssertUnwindSafe(|| self.answer(&document, question)));
                match answered {
                    Ok(answer) => line.answer(id, answer),
                    Err(_) => line.refuse(
                        id,
                        ErrorCode::InternalError,
                        "the text could not be checked".to_string(),
                    ),
                }
            }
        }
    }

    fn check_what_is_due(&mut self) {
        let now = Instant::now();
        let (due, later) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<Vec<_>, _>(|waiting| waiting.due <= now);
        self.waiting = later;
        for Waiting { document, .. } in due {
            if !self.shared.is_newest(&document) {
                continue;
            }
            let line = self.shared.line.clone();
            if catch_unwind(AssertUnwindSafe(|| self.publish(&document))).is_err() {
                line.log(format!("credlint: {} could not be checked", document.uri.as_str()));
            }
        }
    }

    fn publish(&mut self, document: &Arc<Document>) {
        let Some(analysis) = self.analyse(document) else { return };
        // Something was typed while the text was checked: what was found is of no use any more.
        if self.shared.is_newest(document) {
            let found = diagnostics::all(document, &analysis, self.shared.client.shown);
            self.shared
                .line
                .publish(document.uri.clone(), found, Some(document.version));
        }
    }

    /// What is found in a text, checked anew.
    fn analyse(&mut self, document: &Arc<Document>) -> Option<Arc<Analysis>> {
        let project = self.shared.project(document)?;
        let name = document.uri.as_str();
        let was_known = self.found.get(name).is_some_and(|found| found.is_known);
        let analysis = Arc::new(Analysis::of(document, &project, was_known));
        self.found.insert(name.to_string(), Arc::clone(&analysis));
        Some(analysis)
    }

    /// What was found in a text, checked now if it was not.
    fn analysis(&mut self, document: &Arc<Document>) -> Option<Arc<Analysis>> {
        let project = self.shared.project(document)?;
        let found = self.found.get(document.uri.as_str());
        let is_current =
            |found: &&Arc<Analysis>| found.version == document.version && Arc::ptr_eq(&found.project, &project);
        match found.filter(is_current) {
            Some(found) => Some(Arc::clone(found)),
            None => self.analyse(document),
        }
    }

    fn answer(&mut self, document: &Arc<Document>, question: Question) -> Json {
        let Some(analysis) = self.analysis(document) else {
            return Json::Null;
        };
        let answer = match question {
            Question::Hover(position) => serde_json::to_value(hover::at(&analysis, analysis.text.offset(position))),
            Question::Actions(range, only) => {
                let asked = Asked {
                    span: analysis.text.span(range),
                    only,
                    shown: self.shared.client.shown,
                    versioned: self.shared.client.versioned,
                };
                serde_json::to_value(actions::at(document, &analysis, &asked))
            }
        };
        answer.unwrap_or_default()
    }
}
