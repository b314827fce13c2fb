//! Receives forms: text fields, and uploaded files into temporary files.
//!
//! Every form carries the CSRF token; a multipart form carries it before its first file, so that nothing is stored
//! for other sites. Size, number and time are limited. The name a browser gives a file is kept as text
//! ([`UploadedFile::name`]) and is no path: the bytes go into a temporary file named by the program, which is
//! deleted unless [`VersionedDir`](crate::store::VersionedDir) moves it into place.

use std::io::{ErrorKind, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::RequestExt;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, RawForm, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use futures_util::StreamExt;
use tokio::time::timeout;

use super::auth::CSRF_FIELD;
use super::response::ErrorPage;
use super::state::AppState;
use super::upload_slot::UploadSlot;
use crate::diagnostics::localize;
use crate::store::IncomingFile;

/// The form field that names the notice of the page.
pub(super) const NOTICE_FIELD: &str = "notice";
/// Bytes of a form without files.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// Bytes of a form with the text of a whole file, in which a Chinese character takes nine.
const MAX_LARGE_FORM_BYTES: usize = 8 << 20;
/// Bytes of a text field in a multipart form: a list of some 2,000 branches.
const MAX_FIELD_BYTES: usize = 64 * 1024;
/// Text fields of a multipart form.
const MAX_FIELDS: usize = 32;
/// Fields of a form without files: one for each report that is chosen on a board of some ten thousand.
const MAX_FORM_FIELDS: usize = 1 << 16;
/// Bytes of a multipart request; also of everything unpacked from an uploaded zip.
pub(super) const MAX_REQUEST_BYTES: usize = 512 << 20;
/// Files of a multipart request; also of an uploaded zip.
pub(super) const MAX_FILES: usize = 300;
/// Bytes between two parts of a multipart form: the boundary and the next part's header with the file's name. The
/// parser keeps them in memory, and what precedes the first part as well.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long receiving a form without files may take.
const FORM_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a multipart request may send nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long receiving a multipart request may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// The text fields of a form.
#[derive(Debug, Default)]
pub(super) struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// The trimmed value of a field; empty when the form has no such field.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The value of a field as it was sent; `None` when the form has no such field.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All trimmed values of a field that may occur several times, blank ones left out.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// All fields as they were sent, without the token, to be shown again when the form is refused.
    pub(super) fn typed(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| name != CSRF_FIELD).cloned().collect()
    }

    /// Whether a field is present and not blank.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// A file that a browser sent, received as a whole.
#[derive(Debug)]
pub(super) struct UploadedFile {
    /// The name its sender gives it: not trusted as a path.
    pub name: String,
    /// The field of the form that it was chosen in.
    pub field: String,
    /// Its content, in a temporary file.
    pub file: IncomingFile,
}

/// A multipart form, received as a whole; its files are not read yet.
#[derive(Debug, Default)]
pub(super) struct MultipartForm {
    /// The text fields.
    pub fields: FormFields,
    /// The files, in the order received.
    pub files: Vec<UploadedFile>,
    /// Held until the files are read, so that those that wait are counted.
    pub slot: Option<UploadSlot>,
}

/// A file that was not received.
#[derive(Debug)]
pub(super) struct RefusedFile {
    /// The name its sender gives it.
    pub name: String,
    /// Why, in a Chinese sentence.
    pub reason: String,
}

/// A multipart form with the files that were not received.
#[derive(Debug, Default)]
pub(super) struct PartialForm {
    /// The form with the files that were received.
    pub form: MultipartForm,
    /// The files that were not, each with the reason.
    pub refused: Vec<RefusedFile>,
}

impl MultipartForm {
    /// The only file of the form; `None` when there is none or more than one.
    pub(super) fn single_file(&mut self) -> Option<UploadedFile> {
        if self.files.len() == 1 { self.files.pop() } else { None }
    }
}

/// Reads a form without files.
///
/// # Errors
/// When it is too large, too slow, or its CSRF token is missing or wrong.
pub(super) async fn read_form(state: &AppState, request: Request) -> Result<FormFields, ErrorPage> {
    read_form_up_to(state, request, MAX_FORM_BYTES).await
}

/// Reads a form that may have the text of a whole file. While it is received it counts among the uploads.
///
/// # Errors
/// As for [`read_form`], and when too many are received already.
pub(super) async fn read_large_form(state: &AppState, request: Request) -> Result<FormFields, ErrorPage> {
    let _slot = UploadSlot::acquire(state, &request)?;
    read_form_up_to(state, request, MAX_LARGE_FORM_BYTES).await
}

async fn read_form_up_to(state: &AppState, mut request: Request, bytes: usize) -> Result<FormFields, ErrorPage> {
    DefaultBodyLimit::max(bytes).apply(&mut request);
    let form = timeout(FORM_TIMEOUT, request.extract::<RawForm, _>()).await;
    let form = form.map_err(|_| too_slow())?;
    let RawForm(text) = form.map_err(|error| match error.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_long("一次", bytes),
        _ => ErrorPage::bad_request("表单没有收完，请再填一次"),
    })?;
    // Counted first: four million fields without values take forty times the bytes that were sent.
    if text.iter().filter(|byte| **byte == b'&').count() >= MAX_FORM_FIELDS {
        return Err(too_many_fields(MAX_FORM_FIELDS));
    }
    let fields = FormFields(form_urlencoded::parse(&text).into_owned().collect());
    check_page(state, &fields)?;
    Ok(fields)
}

/// Reads a multipart form whose files have at most `max_file_bytes` each.
///
/// # Errors
/// When it is too large, too slow, its CSRF token is missing, wrong or behind a file, or a file is too large or cannot
/// be stored.
pub(super) async fn read_multipart(
    state: &AppState,
    request: Request,
    max_file_bytes: u64,
) -> Result<MultipartForm, ErrorPage> {
    let PartialForm { form, refused } = read_each(state, request, max_file_bytes).await?;
    match refused.first() {
        Some(RefusedFile { name, reason }) => {
            Err(ErrorPage::new(StatusCode::PAYLOAD_TOO_LARGE, format!("“{name}”没有收下：{reason}")))
        }
        None => Ok(form),
    }
}

/// Like [`read_multipart`], but a file that is too large or one too many keeps no other out.
///
/// # Errors
/// When the form is too large, too slow, its CSRF token is missing, wrong or behind a file, or a file cannot be stored.
pub(super) async fn read_each(
    state: &AppState,
    mut request: Request,
    max_file_bytes: u64,
) -> Result<PartialForm, ErrorPage> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > MAX_REQUEST_BYTES) {
        return Err(too_large());
    }
    let slot = UploadSlot::acquire(state, &request)?;
    DefaultBodyLimit::max(MAX_REQUEST_BYTES).apply(&mut request);
    let heads = HeadMeter::default();
    let request = request.map(|body| heads.metered(body));
    let parts = Multipart::from_request(request, &()).await.map_err(|_| ErrorPage::bad_request("没有收到文件"))?;
    let received = receive_parts(state, parts, &heads, max_file_bytes);
    let mut received = timeout(UPLOAD_TIMEOUT, received).await.map_err(|_| too_slow())??;
    received.form.slot = Some(slot);
    Ok(received)
}

/// Ends a body of which the parser takes more than [`MAX_HEAD_BYTES`] in search of the next part.
#[derive(Clone, Default)]
struct HeadMeter {
    /// Bytes that it took since the search began; `None` while it reads a part's content.
    searched: Arc<Mutex<Option<usize>>>,
}

impl HeadMeter {
    fn metered(&self, body: Body) -> Body {
        let searched = Arc::clone(&self.searched);
        let chunks = body.into_data_stream().map(move |chunk| {
            let chunk = chunk?;
            if let Some(bytes) = searched.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                // A chunk counts in the next round: it may hold the end of the head and much content.
                if *bytes > MAX_HEAD_BYTES {
                    return Err(axum::Error::new(std::io::Error::from(ErrorKind::InvalidData)));
                }
                *bytes += chunk.len();
            }
            Ok(chunk)
        });
        Body::from_stream(chunks)
    }

    /// The next part, which is searched for from now on.
    async fn next_part<'p>(&self, parts: &'p mut Multipart) -> Result<Option<Field<'p>>, ErrorPage> {
        self.set(Some(0));
        let part = timeout(IDLE_TIMEOUT, parts.next_field()).await.map_err(|_| too_slow())?;
        let searched = self.set(None);
        part.map_err(|error| match searched {
            Some(bytes) if bytes > MAX_HEAD_BYTES => too_long("文件名和栏名", MAX_HEAD_BYTES),
            _ if is_malformed_head(&error) => ErrorPage::bad_request(
                "文件名或栏名读不出，没有收下：多半是名称里有看不见的控制字符（如删除符），请改名再传",
            ),
            _ => incomplete(error.status()),
        })
    }

    fn set(&self, searched: Option<usize>) -> Option<usize> {
        std::mem::replace(&mut *self.searched.lock().unwrap_or_else(PoisonError::into_inner), searched)
    }
}

async fn receive_parts(
    state: &AppState,
    mut parts: Multipart,
    heads: &HeadMeter,
    max_file_bytes: u64,
) -> Result<PartialForm, ErrorPage> {
    let mut received = PartialForm::default();
    let PartialForm { form, refused } = &mut received;
    loop {
        let Some(mut part) = heads.next_part(&mut parts).await? else { break };
        match part.file_name().map(str::to_owned) {
            None => {
                let name = part.name().unwrap_or_default().to_owned();
                let value = receive_field(&mut part).await?;
                form.fields.0.push((name, value));
            }
            Some(name) => {
                let field = part.name().unwrap_or_default().to_owned();
                check_page(state, &form.fields)?;
                let has_room = form.files.len() < MAX_FILES;
                let limit = if has_room { max_file_bytes } else { 0 };
                match receive_file(state, &mut part, limit).await? {
                    // The part without name and bytes that a browser sends when no file was chosen.
                    Some(file) if name.is_empty() && file.is_empty() => {}
                    Some(file) if has_room => form.files.push(UploadedFile { name, field, file }),
                    _ => refused.push(RefusedFile { name, reason: refusal(has_room, max_file_bytes) }),
                }
            }
        }
        if form.fields.0.len() > MAX_FIELDS {
            return Err(too_many_fields(MAX_FIELDS));
        }
        if refused.len() > MAX_FILES {
            return Err(too_large());
        }
    }
    check_page(state, &received.form.fields)?;
    Ok(received)
}

/// Why a file of a form is not received.
fn refusal(has_room: bool, max_file_bytes: u64) -> String {
    match has_room {
        true => format!("文件太大：一个文件最多 {} MB", max_file_bytes >> 20),
        false => format!("文件太多：一次最多 {MAX_FILES} 个，请分几次上传"),
    }
}

async fn next_chunk(part: &mut Field<'_>) -> Result<Option<Bytes>, ErrorPage> {
    let chunk = timeout(IDLE_TIMEOUT, part.chunk()).await.map_err(|_| too_slow())?;
    chunk.map_err(|error| incomplete(error.status()))
}

async fn receive_field(part: &mut Field<'_>) -> Result<String, ErrorPage> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(part).await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(too_long("一栏", MAX_FIELD_BYTES));
        }
    }
    String::from_utf8(bytes).map_err(|_| ErrorPage::bad_request("表单里的文字编码不对，请用浏览器打开这一页再填"))
}

/// Receives a file; `None` for one of more than `max_bytes`, of which the rest is read and dropped.
async fn receive_file(
    state: &AppState,
    part: &mut Field<'_>,
    max_bytes: u64,
) -> Result<Option<IncomingFile>, ErrorPage> {
    let not_stored = |error: std::io::Error| {
        ErrorPage::new(StatusCode::INSUFFICIENT_STORAGE, format!("文件存不下：{}", localize::io_error(&error)))
    };
    let mut file = Some(state.ledgers.receive().map_err(|error| not_stored(error.source))?);
    let mut length = 0_u64;
    while let Some(chunk) = next_chunk(part).await? {
        length += chunk.len() as u64;
        if length > max_bytes {
            file = None;
        }
        if let Some(file) = &mut file {
            file.write_all(&chunk).map_err(not_stored)?;
        }
    }
    Ok(file)
}

/// Refuses a form without the CSRF token, or from a page of another notice.
fn check_page(state: &AppState, fields: &FormFields) -> Result<(), ErrorPage> {
    if !state.auth.is_csrf_token(fields.get(CSRF_FIELD)) {
        return Err(csrf_mismatch());
    }
    // Programs other than browsers may leave the notice out.
    if fields.has(NOTICE_FIELD) && fields.get(NOTICE_FIELD) != state.notice_key {
        return Err(ErrorPage::conflict("打开这一页之后，换到了另一份通知；没有执行。请在“通知”里换回来，再做一次"));
    }
    Ok(())
}

fn too_slow() -> ErrorPage {
    ErrorPage::new(StatusCode::REQUEST_TIMEOUT, "等了太久没有收完，请再传一次")
}

fn too_large() -> ErrorPage {
    let message = format!("一次最多传 {} MB、{MAX_FILES} 个文件，请分几次上传", MAX_REQUEST_BYTES >> 20);
    ErrorPage::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

fn too_many_fields(most: usize) -> ErrorPage {
    ErrorPage::bad_request(format!("表单最多 {most} 栏，请用浏览器打开这一页再填"))
}

/// The error for text of more bytes than `what` may have.
fn too_long(what: &str, bytes: usize) -> ErrorPage {
    let message = format!("填的字太多：{what}最多 {} KB，请删短再交", bytes >> 10);
    ErrorPage::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

fn csrf_mismatch() -> ErrorPage {
    ErrorPage::new(StatusCode::FORBIDDEN, "这一页是以前打开的，请刷新后再试")
}

/// Whether a part's head came whole and is no head: its names have characters that no head can have. The parser's
/// errors are told apart by their texts alone.
fn is_malformed_head(error: &MultipartError) -> bool {
    let text = error.body_text();
    text == "failed to read headers" || text.starts_with("failed to decode")
}

/// The error for a request whose body ended early or exceeded the limit.
fn incomplete(status: StatusCode) -> ErrorPage {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        ErrorPage::bad_request("文件没有收完，请再传一次")
    }
}
