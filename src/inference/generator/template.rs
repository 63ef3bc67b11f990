//! The chat template of a model: messages to one prompt, in Jinja as transformers runs it.
//!
//! Invariant: rendering is pure; a template can read nothing but its messages. Source: the template of the GGUF file, else
//! ChatML; it comes from a file, so its work and its output are bounded. Settings (`trim_blocks`, `lstrip_blocks`, Python's string methods) as transformers sets them.

use super::InferenceError;
use crate::chat::Role;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, Value, context};
use std::io::Write;

/// Longest template, in bytes; published ones have a tenth of it.
const SOURCE: usize = 256 << 10;
/// Instructions that a template may take, and for each message beside.
const FUEL: (u64, u64) = (500_000, 20_000);
/// How deep blocks, macros and includes may nest.
const DEPTH: usize = 64;
/// Bytes that a prompt may have beside a multiple of what its messages have.
const OUTPUT: (usize, usize) = (1 << 20, 4);

/// Used for files without a template.
const CHATML: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// A template that is known to parse.
pub struct ChatTemplate {
    source: String,
    bos: String,
    eos: String,
}

impl ChatTemplate {
    /// Takes a file's template, or ChatML for `None`. `bos` and `eos` are the texts of those tokens.
    ///
    /// # Errors
    /// If it does not parse.
    pub fn new(source: Option<&str>, bos: &str, eos: &str) -> Result<Self, InferenceError> {
        let source = source.unwrap_or(CHATML).to_owned();
        if source.len() > SOURCE {
            let message = format!("chat template: is larger than {} KiB", SOURCE >> 10);
            return Err(InferenceError::Failed(message));
        }
        environment().template_from_str(&source).map_err(failed)?;
        Ok(Self { source, bos: bos.to_owned(), eos: eos.to_owned() })
    }

    /// The prompt up to where the answer begins. A template that knows no system role gets its words in front of the
    /// first user message.
    ///
    /// # Errors
    /// If the template refuses the messages.
    pub fn render(&self, messages: &[(Role, String)]) -> Result<String, InferenceError> {
        let plain: Vec<(&str, String)> =
            messages.iter().map(|(role, text)| (role_name(*role), text.clone())).collect();
        self.run(&plain).or_else(|error| match without_system(&plain) {
            Some(merged) => self.run(&merged),
            None => Err(error),
        })
    }

    fn run(&self, messages: &[(&str, String)]) -> Result<String, InferenceError> {
        let n_bytes: usize = messages.iter().map(|(_, text)| text.len()).sum();
        let n_messages = messages.len() as u64;
        let messages: Vec<Value> = messages
            .iter()
            .map(|(role, content)| context! { role => *role, content => content.as_str() })
            .collect();
        let mut environment = environment();
        environment.set_fuel(Some(FUEL.0 + FUEL.1.saturating_mul(n_messages)));
        let template = environment.template_from_str(&self.source).map_err(failed)?;
        let values = context! {
            messages => messages,
            bos_token => self.bos.as_str(),
            eos_token => self.eos.as_str(),
            add_generation_prompt => true,
            enable_thinking => false,
        };
        let limit = OUTPUT.0.saturating_add(OUTPUT.1.saturating_mul(n_bytes));
        let mut prompt = Prompt { bytes: Vec::new(), limit };
        template.render_captured_to(values, &mut prompt).map_err(failed)?;
        String::from_utf8(prompt.bytes)
            .map_err(|_| InferenceError::Failed("chat template: its output is not text".to_owned()))
    }
}

/// What a template has written, up to a limit.
struct Prompt {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Prompt {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_recursion_limit(DEPTH);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    let refuse = |_: String| -> Result<Value, minijinja::Error> {
        Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            "the template refuses these messages",
        ))
    };
    environment.add_function("raise_exception", refuse);
    environment
}

/// Only the kind: details of an error may quote a message.
#[expect(clippy::needless_pass_by_value, reason = "passed to map_err by name")]
fn failed(error: minijinja::Error) -> InferenceError {
    InferenceError::Failed(format!("chat template: {}", error.kind()))
}

/// The role as templates name it.
fn role_name(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool | Role::Function => "tool",
    }
}

fn without_system<'a>(messages: &[(&'a str, String)]) -> Option<Vec<(&'a str, String)>> {
    let system: Vec<&str> = messages
        .iter()
        .filter(|(role, _)| *role == "system")
        .map(|(_, text)| text.as_str())
        .collect();
    let mut rest: Vec<_> = messages.iter().filter(|(role, _)| *role != "system").cloned().collect();
    let user = rest.iter_mut().find(|(role, _)| *role == "user")?;
    user.1 = format!("{}\n\n{}", system.join("\n\n"), user.1);
    (!system.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMOLLM2: &str = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    const GEMMA: &str = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% set role = 'model' if message['role'] == 'assistant' else message['role'] %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}";

    fn messages(pairs: &[(Role, &str)]) -> Vec<(Role, String)> {
        pairs.iter().map(|(role, text)| (*role, (*text).to_owned())).collect()
    }

    #[test]
    fn golden_prompts() {
        use Role::{Assistant, Developer, System, User};
        let turns = messages(&[(System, "S"), (User, "a"), (Assistant, "b"), (User, " c ")]);
        let cases = [
            (
                Some(SMOLLM2),
                messages(&[(User, "Hi")]),
                "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
            ),
            (
                Some(SMOLLM2),
                messages(&[(Developer, "S"), (User, "Hi")]),
                "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
            ),
            (
                None,
                turns.clone(),
                "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\n c <|im_end|>\n<|im_start|>assistant\n",
            ),
            (
                Some(GEMMA),
                turns,
                "<bos><start_of_turn>user\nS\n\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n",
            ),
            (
                Some("{{ messages[0].content.strip().upper() }}{{ strftime_now is defined }}"),
                messages(&[(User, " x ")]),
                "XFalse",
            ),
        ];
        for (template, messages, expected) in cases {
            let got =
                ChatTemplate::new(template, "<bos>", "<eos>").unwrap().render(&messages).unwrap();
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn a_template_cannot_work_or_write_without_end() {
        let turns = messages(&[(Role::User, "a")]);
        for template in [
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
            "{% macro m(n) %}{{ m(n + 1) }}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
            "{% for a in range(9999) recursive %}{{ loop(range(9999)) }}{% endfor %}",
            "{% for a in range(60000) %}{{ 'long words that go on and on' }}{% endfor %}",
            "{% for a in range(2000) %}{{ 'x' * 9000 }}{% endfor %}",
            "{% set n = namespace(i=0) %}{% for a in range(99999) %}{% for b in range(99) %}{% set n.i = n.i + 1 %}{% endfor %}{% endfor %}{{ n.i }}",
            "{{ 'x' * 999999999 }}",
            "{{ range(999999999) }}",
            "{% for a in range(99999) %}{{ messages[0].content ~ 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyy' }}{% endfor %}",
        ] {
            let template = ChatTemplate::new(Some(template), "", "").unwrap();
            assert!(template.render(&turns).is_err(), "{}", template.source);
        }
        assert!(ChatTemplate::new(Some(&" ".repeat(300 << 10)), "", "").is_err());
        let many: Vec<_> = (0..2000).map(|n| (Role::User, format!("turn {n}"))).collect();
        for template in [None, Some(SMOLLM2), Some(GEMMA)] {
            assert!(ChatTemplate::new(template, "", "").unwrap().render(&many).is_ok());
        }
        let long = messages(&[(Role::User, &"words ".repeat(1 << 20))]);
        assert!(ChatTemplate::new(None, "", "").unwrap().render(&long).is_ok());
    }

    #[test]
    fn errors_do_not_quote_messages() {
        assert!(ChatTemplate::new(Some("{% for %}"), "", "").is_err());
        let template =
            ChatTemplate::new(Some("{{ raise_exception(messages[0].content) }}"), "", "").unwrap();
        let text = template.render(&messages(&[(Role::User, "private")])).unwrap_err().to_string();
        assert!(!text.contains("private"), "{text}");
    }
}
