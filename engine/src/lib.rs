//! EchoNest's use cases: the only place where a rule meets Redis or a music source.
