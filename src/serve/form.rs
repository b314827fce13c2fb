//! What people send: fields, and files that are received under names of the program's own. Everything has its limits
//! in size, number and time, and carries this server's ticket.

use std::io::Write;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::{Form, RequestExt};
use tokio::time::timeout;

use super::response::Denied;
use super::state::AppState;
use crate::store::Incoming;

/// Forms with files that are received at a time.
pub const RECEIVING: usize = 24;
/// Bytes of a form without files.
const FORM: usize = 64 * 1024;
/// Bytes of a field beside files.
const FIELD: usize = 4 * 1024;
/// Fields beside files.
const FIELDS: usize = 32;
/// Bytes of everything that is sent at once.
pub const WHOLE: usize = 512 << 20;
/// Files that are sent at once.
pub const FILES: usize = 300;
/// For how long a form without files may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// For how long nothing may come of a file.
const SILENCE: Duration = Duration::from_secs(20);
/// For how long everything that is sent at once may take.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// The field that carries the ticket.
const TICKET: &str = "ticket";

/// The fields of a form.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// A field's text; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text.trim())
    }

    /// Whether a field is there and says anything.
    pub fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// A file that was received.
#[derive(Debug)]
pub struct Received {
    /// What its sender calls it: no path to be trusted.
    pub name: String,
    /// Its bytes.
    pub file: Incoming,
}

fn too_slow() -> Denied {
    Denied::new(StatusCode::REQUEST_TIMEOUT, "等了太久没有收完，请再传一次")
}

fn too_large() -> Denied {
    Denied::new(StatusCode::PAYLOAD_TOO_LARGE, format!("一次最多传 {FILES} 个文件、共 {} MB，请分几次", WHOLE >> 20))
}

fn no_ticket() -> Denied {
    Denied::new(StatusCode::FORBIDDEN, "这一页是以前打开的，请刷新后再试")
}

/// Reads a form without files.
///
/// # Errors
/// When it is too large, too slow, or carries no ticket.
pub async fn fields(state: &AppState, mut request: Request) -> Result<Fields, Denied> {
    DefaultBodyLimit::max(FORM).apply(&mut request);
    let read = timeout(PATIENCE, request.extract::<Form<Vec<(String, String)>>, _>()).await;
    let read = read.map_err(|_| too_slow())?;
    let Form(fields) = read.map_err(|_| Denied::bad("表单不完整或太大"))?;
    let fields = Fields(fields);
    if state.auth.is_ticket(fields.get(TICKET)) { Ok(fields) } else { Err(no_ticket()) }
}

/// Reads a form with files; `each` is how many bytes a file may have. The ticket comes before the first file.
///
/// # Errors
/// When it is too large, too slow, carries no ticket, or cannot be stored.
pub async fn files(state: &AppState, mut request: Request, each: u64) -> Result<(Fields, Vec<Received>), Denied> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > WHOLE) {
        return Err(too_large());
    }
    let busy = |_| Denied::new(StatusCode::SERVICE_UNAVAILABLE, "现在上传的人太多，请过一会儿再试");
    let _place = state.receiving.try_acquire().map_err(busy)?;
    DefaultBodyLimit::max(WHOLE).apply(&mut request);
    let parts = Multipart::from_request(request, &()).await.map_err(|_| Denied::bad("没有收到文件"))?;
    timeout(LONGEST, receive(state, parts, each)).await.map_err(|_| too_slow())?
}

async fn receive(state: &AppState, mut parts: Multipart, each: u64) -> Result<(Fields, Vec<Received>), Denied> {
    let (mut fields, mut files) = (Fields::default(), Vec::new());
    loop {
        let part = timeout(SILENCE, parts.next_field()).await.map_err(|_| too_slow())?;
        let Some(mut part) = part.map_err(|error| broken(error.status()))? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            None => {
                let text = field(&mut part).await?;
                fields.0.push((name, text));
            }
            Some(called) => {
                if !state.auth.is_ticket(fields.get(TICKET)) {
                    return Err(no_ticket());
                }
                // A browser sends an empty part when no file was chosen.
                if let Some(received) = file(state, called, &mut part, each).await? {
                    files.push(received);
                }
            }
        }
        if files.len() > FILES || fields.0.len() > FIELDS {
            return Err(too_large());
        }
    }
    if state.auth.is_ticket(fields.get(TICKET)) { Ok((fields, files)) } else { Err(no_ticket()) }
}

/// The next bytes of a part.
async fn chunk(part: &mut Field<'_>) -> Result<Option<Bytes>, Denied> {
    let chunk = timeout(SILENCE, part.chunk()).await.map_err(|_| too_slow())?;
    chunk.map_err(|error| broken(error.status()))
}

async fn field(part: &mut Field<'_>) -> Result<String, Denied> {
    let mut bytes = Vec::new();
    while let Some(more) = chunk(part).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() > FIELD {
            return Err(too_large());
        }
    }
    String::from_utf8(bytes).map_err(|_| Denied::bad("表单里的文字不是 UTF-8"))
}

/// Receives a file; `None` when it has neither name nor bytes.
async fn file(state: &AppState, name: String, part: &mut Field<'_>, each: u64) -> Result<Option<Received>, Denied> {
    let stored = |error: std::io::Error| Denied::new(StatusCode::INSUFFICIENT_STORAGE, format!("文件存不下：{error}"));
    let mut file = state.shelf.receive().map_err(|error| stored(error.source))?;
    let mut length = 0_u64;
    while let Some(more) = chunk(part).await? {
        length += more.len() as u64;
        if length > each {
            let message = format!("“{name}”太大：一个文件最多 {} MB", each >> 20);
            return Err(Denied::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        file.write_all(&more).map_err(stored)?;
    }
    Ok((length > 0 || !name.is_empty()).then_some(Received { name, file }))
}

/// What is said of a body that ended early or went on too long.
fn broken(status: StatusCode) -> Denied {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        Denied::bad("文件没有收完，请再传一次")
    }
}
