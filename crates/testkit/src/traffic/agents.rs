//! What calls are made with.

use crate::dice::Dice;

/// A program that makes calls, with its share of 1,000. `{v}` stands for a version number.
const AGENTS: [(&str, usize); 8] = [
    (
        "APN/1.0 HashiCorp/1.0 Terraform/1.{v}.0 (+https://www.terraform.io) terraform-provider-aws/6.{v}.0 \
         (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.{v}.0 os/linux lang/go#1.24.{v}",
        430,
    ),
    ("aws-sdk-go-v2/1.{v}.1 os/linux lang/go#1.24.{v} md/GOOS#linux md/GOARCH#amd64 api/all#1.{v}.2", 130),
    (
        "Boto3/1.{v}.0 md/Botocore#1.{v}.0 ua/2.1 os/linux#6.{v} md/arch#x86_64 lang/python#3.12.{v} cfg/retry-mode#legacy",
        130,
    ),
    (
        "aws-cli/2.{v}.0 md/awscrt#0.26.{v} ua/2.1 os/linux#6.{v} md/arch#x86_64 lang/python#3.13.{v} md/prompt#off",
        90,
    ),
    (
        "aws-sdk-java/2.{v}.5 md/io#sync md/http#Apache ua/2.1 os/Linux#6.{v} lang/java#21.0.{v} md/vendor#Eclipse",
        90,
    ),
    ("aws-sdk-rust/1.{v}.0 ua/2.1 os/linux lang/rust#1.9{v}", 30),
    ("S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.{v} Linux/5.10 OpenJDK_64-Bit_Server_VM/25.{v}", 30),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1{v}.0.0.0 Safari/537.36",
        70,
    ),
];

/// The last two are used by people at the console.
const FIRST_OF_CONSOLE: usize = 6;
/// A number whose program is a browser.
pub(super) const BROWSER: usize = 999;
/// How many versions of a program are about.
const VERSIONS: usize = 20;

/// All versions of all programs.
#[derive(Clone, Debug)]
pub(super) struct Agents(Vec<Agent>);

/// One version of a program.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    /// As in `userAgent`.
    pub(super) text: String,
    /// Whether it is the console.
    pub(super) is_console: bool,
}

impl Agents {
    pub(super) fn new() -> Agents {
        let versions =
            (0..AGENTS.len()).flat_map(|program| (0..VERSIONS).map(move |version| (program, version)));
        let agent = |(program, version): (usize, usize)| Agent {
            text: AGENTS[program].0.replace("{v}", &(10 + version * 3).to_string()),
            is_console: program >= FIRST_OF_CONSOLE,
        };
        Agents(versions.map(agent).collect())
    }

    /// The program that belongs to a number; most people and machines stay with one.
    pub(super) fn of(&self, number: usize) -> &Agent {
        let mut rest = number % 1000;
        let program = AGENTS.iter().position(|(_, share)| {
            let found = rest < *share;
            rest = rest.saturating_sub(*share);
            found
        });
        let version = Dice::new(number as u64).skewed_below(VERSIONS);
        &self.0[program.unwrap_or_default() * VERSIONS + version]
    }
}
