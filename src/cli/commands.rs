//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::{dev, doctor, export, form, ihris, import, operate, printed, serve};
use crate::auth::Role;
use crate::kernel::{Sector, TenantCode};

/// One GraphQL backend for the workforce registries of many countries.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine, with sample registers: nothing to configure.
    Dev(dev::Options),
    /// Serve a database that is brought up to date; issuers and secrets come from the configuration.
    Serve,
    /// Bring the database up to this binary: the common schemas and every tenant's.
    Migrate,
    /// Make, change and list tenants.
    #[command(subcommand)]
    Tenant(Tenant),
    /// Check a tenant's ledger.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Bring a register in from files.
    #[command(subcommand)]
    Import(Import),
    /// Take the register, or a form, out as a file.
    #[command(subcommand)]
    Export(Export),
    /// Print a token of the development issuer.
    Token(Token),
    /// Print the GraphQL schema.
    Schema,
    /// Check configuration, database rights, drift, Redis and clock.
    Doctor {
        /// Check the installation of `kada dev` in this directory instead of the configured one.
        #[arg(long)]
        home: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum Tenant {
    /// Make a country from its folder, or from the bundles of an iHRIS v5, printing what will be done.
    Create {
        #[command(flatten)]
        folder: Folder,
        #[command(flatten)]
        ihris: ihris::Options,
    },
    /// Bring a country up to its folder, printing what will be done. Deletes nothing.
    Apply(Folder),
    /// Write a country as it stands back into a folder: what `apply` reads.
    ExportConfig {
        /// The country's code.
        tenant: TenantCode,
        /// The directory in which `<code>/` is written, or written anew.
        directory: PathBuf,
    },
    /// Print the countries.
    List,
    /// Give the tenants' roles the passwords that follow from a new secret.
    Rotate,
}

/// A country and where its folder is.
#[derive(Debug, clap::Args)]
pub struct Folder {
    /// The country's code: `ml`.
    pub tenant: TenantCode,
    /// The directory that holds `<code>/tenant.toml` and the rest; the shipped countries when absent.
    #[arg(long)]
    pub tenants: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Ledger {
    /// Walk the whole chain and name the first row that is wrong.
    Verify {
        /// The country's code.
        tenant: TenantCode,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Bring in a table of workers, CSV or XLSX: a row for each worker, or for each of their postings.
    Workers(import::Workers),
    /// Bring in the people of an iHRIS v5, after `kada tenant create --from-ihris`.
    Ihris(ihris::People),
    /// Save how the columns of a file are to be understood.
    Mapping(import::SavedMapping),
    /// Make a draft of an `XLSForm` workbook, and tell what of it was not carried over.
    Form(form::ImportedForm),
}

#[derive(Debug, Subcommand)]
enum Export {
    /// Write a table of workers as CSV, in the words that `kada import workers` reads.
    Workers(export::Workers),
    /// Write the curriculum vitae of a worker as PDF.
    Cv(printed::Life),
    /// Write the staff cards of those who serve today as PDF, one a page and at most a hundred.
    Cards(printed::Selection),
    /// Write a form as an `XLSForm` workbook or as a FHIR R4 Questionnaire.
    Form(form::ExportedForm),
}

/// What the token says.
#[derive(Debug, clap::Args)]
pub struct Token {
    /// The country's code.
    #[arg(long)]
    pub tenant: TenantCode,
    /// One of Kada's roles: `hr_manager`.
    #[arg(long)]
    pub role: Role,
    /// The code of an org unit whose subtree the caller reaches; may be repeated. The whole country when absent.
    #[arg(long)]
    pub scope: Vec<String>,
    /// A sector that the caller reaches; may be repeated. Both when absent.
    #[arg(long)]
    pub sector: Vec<Sector>,
    /// The caller's own record, for the role `worker`.
    #[arg(long)]
    pub person: Option<String>,
    /// Where `kada dev` keeps its things.
    #[arg(long, default_value = ".kada")]
    pub home: PathBuf,
}

/// Where `kada dev` listens unless told otherwise.
pub(super) const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// Runs the command line; what failed is said in one place, with all its causes.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kada: no threads can be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kada: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Dev(options) => dev::run(options).await?,
        Command::Serve => serve::run().await?,
        Command::Migrate => return operate::migrate().await,
        Command::Tenant(Tenant::Create { folder, ihris }) => match &ihris.from_ihris {
            Some(bundles) => operate::create_from_ihris(&folder.tenant, bundles, &ihris).await?,
            None => operate::create(&folder).await?,
        },
        Command::Tenant(Tenant::Apply(folder)) => operate::apply(&folder).await?,
        Command::Tenant(Tenant::ExportConfig { tenant, directory }) => {
            operate::export(&tenant, &directory).await?;
        }
        Command::Tenant(Tenant::List) => operate::list().await?,
        Command::Tenant(Tenant::Rotate) => operate::rotate().await?,
        Command::Ledger(Ledger::Verify { tenant }) => return operate::verify(&tenant).await,
        Command::Import(Import::Workers(file)) => return import::workers(&file).await,
        Command::Import(Import::Ihris(people)) => return ihris::people(&people).await,
        Command::Import(Import::Mapping(mapping)) => import::mapping(&mapping).await?,
        Command::Export(Export::Workers(file)) => export::workers(&file).await?,
        Command::Export(Export::Cv(file)) => printed::cv(&file).await?,
        Command::Export(Export::Cards(file)) => printed::cards(&file).await?,
        Command::Import(Import::Form(asked)) => return form::import(&asked).await,
        Command::Export(Export::Form(asked)) => form::export(&asked).await?,
        Command::Token(token) => println!("{}", dev::token(&token)?),
        Command::Schema => print!("{}", crate::api::sdl()),
        Command::Doctor { home } => return doctor::run(home.as_deref()).await,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
