//! A statement that was read and may be planned.

use super::deep;
use super::error::{Place, SqlError, SqlErrorKind};
use super::named::{self, TableName};
use super::rewrite::{self, Rewritten};
use super::spread;
use super::tokens::{self, LakeDialect, Tokens, place};
use datafusion::arrow::datatypes::DataType;
use datafusion::sql::sqlparser::ast::{self, Query, SelectItem, SetExpr};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};
use uuid::Uuid;

/// How long a statement may be.
pub const STATEMENT_CHARACTERS: usize = 10_000;
/// How deep its parentheses may be.
const DEPTH: usize = 100;
/// How many of them may open in a row: behind FROM the parser tries each of these in two ways.
const OPEN_IN_A_ROW: usize = 12;

/// A SELECT in the dialect of the Lake, whose tables are not known yet.
#[derive(Debug)]
pub struct Statement {
    pub(super) query: Box<Query>,
    pub(super) tokens: Tokens,
    /// What the `cast` functions of the query cast to, by their numbers.
    pub(super) casts: Vec<DataType>,
    stores: Vec<Uuid>,
    names: Vec<TableName>,
    explain: bool,
}

impl Statement {
    /// Reads a statement: one SELECT, with or without WITH, set operations and a semicolon, or such a one behind EXPLAIN.
    pub fn parse(text: &str) -> Result<Statement, SqlError> {
        if text.chars().count() > STATEMENT_CHARACTERS {
            let message = format!("a statement has {STATEMENT_CHARACTERS} characters at most");
            return Err(SqlError::new(SqlErrorKind::TooLong, None, message));
        }
        deep::run(|| read(text))
    }

    /// The event data stores that it reads, each once, in the order of the text. Who runs it sees to it that the
    /// caller may read them.
    pub fn stores(&self) -> &[Uuid] {
        &self.stores
    }

    /// The tables that it reads and does not name by a store's ID, in lower case, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|table| table.name.as_str())
    }

    /// Says which store one of its [`Statement::names`] is.
    pub fn name(&mut self, name: &str, store: Uuid) {
        named::name(&mut self.query, name, store);
        self.names.retain(|table| table.name != name);
        if !self.stores.contains(&store) {
            self.stores.push(store);
        }
    }

    /// Refuses a statement with a name that means nothing.
    pub(super) fn all_named(&self) -> Result<(), SqlError> {
        self.names.first().map_or(Ok(()), |table| Err(table.unknown.clone()))
    }

    /// Whether its plan is asked for instead of its result.
    pub fn explains(&self) -> bool {
        self.explain
    }

    /// What a column of the result is called: as the statement writes it.
    pub(super) fn column_name(&self, planned: &str, index: usize) -> String {
        let Some(select) = first_select(&self.query.body) else { return format!("_col{index}") };
        let items = select.projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias),
            SelectItem::UnnamedExpr(ast::Expr::Identifier(name)) => Some(name),
            SelectItem::UnnamedExpr(ast::Expr::CompoundIdentifier(names)) => names.last(),
            _ => None,
        });
        let written = items
            .filter(|name| name.value == planned)
            .find_map(|name| self.tokens.names.written(name.span.start));
        let plain = || planned.split(rewrite::NUMBERED).next().unwrap_or(planned);
        written.unwrap_or_else(plain).to_owned()
    }
}

fn first_select(body: &SetExpr) -> Option<&ast::Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first_select(&query.body),
        SetExpr::SetOperation { left, .. } => first_select(left),
        _ => None,
    }
}

fn read(text: &str) -> Result<Statement, SqlError> {
    let mut tokens = tokens::tokens(text)?;
    let taken = std::mem::take(&mut tokens.tokens);
    check_rows_of_parentheses(&taken)?;
    let statements = parser(taken.clone()).parse_statements();
    let statements = statements.map_err(|error| {
        let end = taken.last().and_then(|token| place(token.span.end));
        let (error, end) = inner_error(&taken).unwrap_or((error, end));
        syntax(&error, end)
    })?;
    let (mut query, explain) = only_select(statements)?;
    spread::check(&query)?;
    let Rewritten { casts, stores, names } = rewrite::rewrite(&mut query)?;
    Ok(Statement { query, tokens, casts, stores, names, explain })
}

fn check_rows_of_parentheses(tokens: &[TokenWithSpan]) -> Result<(), SqlError> {
    let mut in_a_row = 0;
    for token in tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))) {
        in_a_row = if token.token == Token::LParen { in_a_row + 1 } else { 0 };
        if in_a_row > OPEN_IN_A_ROW {
            let message = "the statement is nested too deeply";
            return Err(SqlError::new(SqlErrorKind::Syntax, place(token.span.start), message));
        }
    }
    Ok(())
}

fn parser(tokens: Vec<TokenWithSpan>) -> Parser<'static> {
    Parser::new(&LakeDialect).with_recursion_limit(DEPTH).with_tokens_with_locations(tokens)
}

/// What is wrong with a query in parentheses, the innermost first. The parser tries to see a table's name in one
/// that it cannot read, and complains of that. With it where that query ends.
fn inner_error(tokens: &[TokenWithSpan]) -> Option<(ParserError, Option<Place>)> {
    let (mut open, mut queries) = (Vec::new(), Vec::new());
    let words = tokens.iter().enumerate().filter(|(_, token)| !matches!(token.token, Token::Whitespace(_)));
    let mut words = words.peekable();
    while let Some((at, token)) = words.next() {
        match &token.token {
            Token::LParen => {
                let is_query = words.peek().is_some_and(|(_, next)| match &next.token {
                    Token::Word(word) => matches!(word.keyword, Keyword::SELECT | Keyword::WITH),
                    _ => false,
                });
                open.push(is_query.then_some(at + 1));
            }
            Token::RParen => queries.extend(open.pop().flatten().map(|start| start..at)),
            _ => {}
        }
    }
    queries.sort_by_key(|query| std::cmp::Reverse(query.start));
    queries.into_iter().find_map(|query| {
        let end = place(tokens[query.end].span.start);
        let mut parser = parser(tokens[query].to_vec());
        let error = parser.parse_query().err().or_else(|| parser.expect_token(&Token::EOF).err());
        error.map(|error| (error, end))
    })
}

fn only_select(mut statements: Vec<ast::Statement>) -> Result<(Box<Query>, bool), SqlError> {
    if statements.len() > 1 {
        return Err(SqlError::unsupported(None, "only one statement can be run at a time"));
    }
    match statements.pop() {
        Some(ast::Statement::Query(query)) => Ok((query, false)),
        Some(ast::Statement::Explain { statement, analyze: false, .. }) => match *statement {
            ast::Statement::Query(query) => Ok((query, true)),
            _ => Err(not_a_select()),
        },
        Some(_) => Err(not_a_select()),
        None => Err(SqlError::new(SqlErrorKind::Syntax, None, "there is no statement")),
    }
}

fn not_a_select() -> SqlError {
    SqlError::unsupported(Some(Place { line: 1, column: 1 }), "only SELECT statements can be run")
}

/// `end` is where the text ends that the parser saw.
fn syntax(error: &ParserError, end: Option<Place>) -> SqlError {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => "the statement is nested too deeply",
    };
    let (message, place) = split_place(message);
    let place = place.or_else(|| end.filter(|_| message.ends_with("EOF")));
    SqlError::new(SqlErrorKind::Syntax, place, lower_first(message))
}

/// The parser writes places at the end of its messages.
fn split_place(message: &str) -> (&str, Option<Place>) {
    let split = || {
        let (message, place) = message.rsplit_once(" at Line: ")?;
        let (line, column) = place.split_once(", Column: ")?;
        Some((message, Place { line: line.parse().ok()?, column: column.trim().parse().ok()? }))
    };
    match split() {
        Some((message, place)) => (message, Some(place)),
        None => (message, None),
    }
}

fn lower_first(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Where a part of the statement starts, if the parser noted it.
pub(super) fn start(span: Span) -> Option<Place> {
    (span.start != Location::empty()).then(|| place(span.start)).flatten()
}
