//! Problem documents (RFC 9457). Internal texts never leave: they go to the log, under the request's id.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use paydesk_domain::wire::billing::Problem;
use paydesk_domain::wire::error::ErrorCode;
use paydesk_domain::wire::wallet::WalletPlannedView;
use serde::Serialize;

use crate::app::{AppError, Refusal};
use crate::ports::processor::ProcessorError;

/// Why a request was not done. The envelope writes the document, because it knows the request's id.
#[derive(Debug)]
pub struct ApiError(pub AppError);

/// What the envelope makes a problem document of.
#[derive(Clone, Debug)]
pub struct Told {
    /// The stable code.
    pub code: ErrorCode,
    /// What is wrong and what to do about it.
    pub detail: String,
    /// The field that is at fault.
    pub param: Option<String>,
    /// The try that stands in the way.
    pub attempt: Option<paydesk_domain::wire::billing::AttemptView>,
    /// The planned payments that stand in the way.
    pub planned: Vec<WalletPlannedView>,
    /// The kinds of what stands in the way.
    pub in_the_way: Vec<&'static str>,
    /// How many more codes can be tried.
    pub tries_left: Option<i64>,
    /// When to come back, in seconds.
    pub retry_after_s: Option<u64>,
}

/// A problem document, with what an organization's server alone is told.
#[derive(Debug, Serialize)]
pub struct Document {
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    in_the_way: Vec<&'static str>,
}

impl<E: Into<AppError>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Told {
    /// A code with its explanation.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            param: None,
            attempt: None,
            planned: Vec::new(),
            in_the_way: Vec::new(),
            tries_left: None,
            retry_after_s: None,
        }
    }

    /// A status that some other part of the server chose, in our words.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status.as_u16() {
            404 => (ErrorCode::NotFound, "There is nothing here."),
            405 => (ErrorCode::MethodNotAllowed, "The path exists, the method does not."),
            413 => (ErrorCode::BodyTooLarge, "The body is larger than the limit."),
            415 => (ErrorCode::UnsupportedMediaType, "Send JSON, as application/json."),
            400..=499 => (ErrorCode::InvalidRequest, "The request cannot be read."),
            503 => (ErrorCode::Unavailable, "Not ready: try again."),
            _ => (ErrorCode::Internal, "A fault of ours: the request id finds it in the logs."),
        };
        Self::new(code, detail)
    }

    /// The same with a time to come back.
    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The document.
    pub fn document(self, request_id: &str) -> Document {
        let code = self.code.as_str();
        let in_the_way = self.in_the_way;
        let problem = Problem {
            kind: format!("/docs#{code}"),
            title: code.replace('_', " "),
            status: self.code.status(),
            detail: self.detail,
            code: code.to_owned(),
            param: self.param,
            request_id: request_id.to_owned(),
            attempt: self.attempt,
            planned: self.planned,
            tries_left: self.tries_left,
        };
        Document { problem, in_the_way }
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        told(self.0).into_response()
    }
}

fn told(error: AppError) -> Told {
    match error {
        AppError::Refused(refusal) => {
            let Refusal { code, detail, param, attempt, planned, in_the_way, tries_left, retry_after_s } =
                *refusal;
            let (detail, param) = (detail.into_owned(), param.map(std::borrow::Cow::into_owned));
            let retry_after_s = retry_after_s.or(match code {
                ErrorCode::IdempotencyInFlight => Some(1),
                ErrorCode::Unavailable => Some(10),
                _ => None,
            });
            Told { code, detail, param, attempt, planned, in_the_way, tries_left, retry_after_s }
        }
        AppError::Processor(ProcessorError::Rejected(why)) => {
            tracing::error!(%why, "the processor rejects our requests: an operator must look");
            Told::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
        AppError::Processor(error) => {
            tracing::warn!(%error, "the processor could not be asked");
            Told::new(ErrorCode::Unavailable, "The processor does not answer: nothing was done, try again.")
                .after(5)
        }
        AppError::Store(error) if error.is_overload() => {
            tracing::warn!(%error, "a request waited too long for the database");
            Told::new(ErrorCode::Unavailable, "Too much at once.").after(1)
        }
        error => {
            tracing::error!(%error, "a request failed");
            Told::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
