//! A plain form's fields, as browsers send them without JavaScript.

use axum::extract::{Form, FromRequest, Request};
use serde::de::DeserializeOwned;

use super::error::ApiError;

pub struct FormBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for FormBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Form::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(_) => Err(ApiError::invalid("body", &"the form is not complete")),
        }
    }
}
