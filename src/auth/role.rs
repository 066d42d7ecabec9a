//! The roles that ship and what each may do. The table is the specification.

use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    MinistryAdmin,
    HrManager,
    HrOfficer,
    DataClerk,
    Viewer,
    Auditor,
    MessagingOfficer,
    /// A health worker, who sees their own record.
    Worker,
    HubAnalyst,
    HubAdmin,
    /// Runs tenants and reads no person.
    PlatformOperator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Org units, facilities, cadres, code lists.
    ReadReference,
    /// That a worker exists, with cadre, posting and status.
    ReadWorkers,
    /// How many there are, of any kind, by place, age and sex; no person.
    ReadAggregates,
    ReadNames,
    ReadIdentifiers,
    ReadBirthDates,
    ReadContacts,
    RegisterWorkers,
    CorrectWorkers,
    /// Post, transfer, end a posting.
    PostWorkers,
    /// Merge whole files of persons into the register, and keep the mappings of their columns.
    ImportWorkers,
    /// Change the cadre taxonomy of the whole country.
    ConfigureCadres,
    /// Change the org units, facilities and populations of the whole country.
    ConfigurePlaces,
    /// Change the code lists of the whole country.
    ConfigureCodeLists,
    /// Open, freeze and close posts within the caller's scope, and set the staffing norms of the whole country.
    ConfigureEstablishment,
    /// The ledger: record history, and who did what in the change feed. Following the feed needs [`ReadWorkers`] alone.
    ReadHistory,
    /// Answers to forms, but for those that tell of a person.
    ReadSubmissions,
    /// Answers that tell of a person: read, filtered and counted.
    ReadPersonalAnswers,
    /// Answer forms, and correct answers.
    SubmitForms,
    /// Send the scans of legal acts that a change is to name.
    SendDocuments,
    /// Accept answers, or send them back.
    ReviewSubmissions,
    /// Write, publish and retire forms.
    ConfigureForms,
    /// See which records may be one person's, make them one and two again.
    ResolveDuplicates,
    /// Record what people have passed, may practise and were taught.
    RecordCredentials,
    /// Say what the whole country teaches in service.
    ConfigureCourses,
    /// What was decided about licences, vetting, absences, suspensions, disciplinary actions, appraisals.
    ReadConduct,
    /// Say what happened in service: absences, suspensions, disciplinary actions, appraisals.
    RecordConduct,
    /// What people are paid, and by whom.
    ReadPay,
    RecordPay,
    /// Who is or was on leave, and how much they have left.
    ReadLeave,
    /// Ask for leave, and call it off.
    RequestLeave,
    /// Approve leave that somebody else asked for, decline it, call people back.
    DecideLeave,
    /// Keep the public holidays of the whole country.
    ConfigureCalendar,
    /// See what records lack and contradict.
    ReadQuality,
    /// Have records compared with the papers, and see how well people enter.
    CheckQuality,
    /// Approve changes that somebody else asked for, or reject them.
    DecideChanges,
    /// Say which changes of records need a second person, in the whole country.
    ConfigureApprovals,
}

use Permission::{
    CheckQuality, ConfigureApprovals, ConfigureCadres, ConfigureCalendar, ConfigureCodeLists,
    ConfigureCourses, ConfigureEstablishment, ConfigureForms, ConfigurePlaces, CorrectWorkers,
    DecideChanges, DecideLeave, ImportWorkers, PostWorkers, ReadAggregates, ReadBirthDates,
    ReadConduct, ReadContacts, ReadHistory, ReadIdentifiers, ReadLeave, ReadNames, ReadPay,
    ReadPersonalAnswers, ReadQuality, ReadReference, ReadSubmissions, ReadWorkers, RecordConduct,
    RecordCredentials, RecordPay, RegisterWorkers, RequestLeave, ResolveDuplicates,
    ReviewSubmissions, SendDocuments, SubmitForms,
};

/// What it takes to read all that a record says of who somebody is.
pub const WHOLE_RECORD: [Permission; 4] =
    [ReadNames, ReadIdentifiers, ReadBirthDates, ReadContacts];

const READ_PERSON: [Permission; 9] = [
    ReadReference,
    ReadWorkers,
    ReadNames,
    ReadIdentifiers,
    ReadBirthDates,
    ReadContacts,
    ReadSubmissions,
    ReadPersonalAnswers,
    ReadLeave,
];

impl Role {
    pub const ALL: [Role; 11] = [
        Role::MinistryAdmin,
        Role::HrManager,
        Role::HrOfficer,
        Role::DataClerk,
        Role::Viewer,
        Role::Auditor,
        Role::MessagingOfficer,
        Role::Worker,
        Role::HubAnalyst,
        Role::HubAdmin,
        Role::PlatformOperator,
    ];

    /// The name in tokens and configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::MinistryAdmin => "ministry_admin",
            Role::HrManager => "hr_manager",
            Role::HrOfficer => "hr_officer",
            Role::DataClerk => "data_clerk",
            Role::Viewer => "viewer",
            Role::Auditor => "auditor",
            Role::MessagingOfficer => "messaging_officer",
            Role::Worker => "worker",
            Role::HubAnalyst => "hub_analyst",
            Role::HubAdmin => "hub_admin",
            Role::PlatformOperator => "platform_operator",
        }
    }

    /// Whether the role belongs inside one country; the others never reach a tenant's data.
    #[must_use]
    pub fn is_tenant_role(self) -> bool {
        !matches!(
            self,
            Role::HubAnalyst | Role::HubAdmin | Role::PlatformOperator
        )
    }

    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        let with = |more: &[Permission]| [&READ_PERSON, more].concat();
        match self {
            Role::MinistryAdmin => [
                &Role::HrManager.permissions()[..],
                &[
                    ConfigureCadres,
                    ConfigurePlaces,
                    ConfigureCodeLists,
                    ConfigureForms,
                    ConfigureCourses,
                    ConfigureCalendar,
                    ConfigureApprovals,
                ],
            ]
            .concat(),
            Role::HrManager => with(&[
                ReadAggregates,
                RegisterWorkers,
                CorrectWorkers,
                PostWorkers,
                ImportWorkers,
                ReadHistory,
                SubmitForms,
                SendDocuments,
                ReviewSubmissions,
                ConfigureEstablishment,
                ResolveDuplicates,
                RecordCredentials,
                ReadConduct,
                RecordConduct,
                ReadPay,
                RecordPay,
                RequestLeave,
                DecideLeave,
                ReadQuality,
                CheckQuality,
                DecideChanges,
            ]),
            Role::HrOfficer => with(&[
                ReadAggregates,
                RegisterWorkers,
                CorrectWorkers,
                PostWorkers,
                SubmitForms,
                SendDocuments,
                ResolveDuplicates,
                RecordCredentials,
                ReadConduct,
                RecordConduct,
                ReadPay,
                RecordPay,
                RequestLeave,
                DecideLeave,
                ReadQuality,
                DecideChanges,
            ]),
            Role::DataClerk => with(&[
                ReadAggregates,
                RegisterWorkers,
                CorrectWorkers,
                SubmitForms,
                SendDocuments,
                RecordCredentials,
                RequestLeave,
            ]),
            Role::Viewer => vec![ReadReference, ReadWorkers, ReadAggregates, ReadSubmissions],
            Role::Auditor => vec![
                ReadReference,
                ReadWorkers,
                ReadAggregates,
                ReadSubmissions,
                ReadNames,
                ReadIdentifiers,
                ReadHistory,
                ReadConduct,
                ReadPay,
            ],
            Role::MessagingOfficer => vec![
                ReadReference,
                ReadWorkers,
                ReadAggregates,
                ReadSubmissions,
                ReadNames,
                ReadContacts,
            ],
            Role::Worker => with(&[ReadConduct, ReadPay, RequestLeave, SendDocuments]),
            Role::HubAnalyst | Role::HubAdmin | Role::PlatformOperator => Vec::new(),
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of Kada's roles")]
pub struct UnknownRole;

impl Permission {
    /// The name in messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ReadReference => "read_reference",
            ReadWorkers => "read_workers",
            ReadAggregates => "read_aggregates",
            ReadNames => "read_names",
            ReadIdentifiers => "read_identifiers",
            ReadBirthDates => "read_birth_dates",
            ReadContacts => "read_contacts",
            RegisterWorkers => "register_workers",
            CorrectWorkers => "correct_workers",
            PostWorkers => "post_workers",
            ImportWorkers => "import_workers",
            ConfigureCadres => "configure_cadres",
            ConfigurePlaces => "configure_places",
            ConfigureCodeLists => "configure_code_lists",
            ConfigureEstablishment => "configure_establishment",
            ReadHistory => "read_history",
            ReadSubmissions => "read_submissions",
            ReadPersonalAnswers => "read_personal_answers",
            SubmitForms => "submit_forms",
            SendDocuments => "send_documents",
            ReviewSubmissions => "review_submissions",
            ConfigureForms => "configure_forms",
            ResolveDuplicates => "resolve_duplicates",
            RecordCredentials => "record_credentials",
            ConfigureCourses => "configure_courses",
            ReadConduct => "read_conduct",
            RecordConduct => "record_conduct",
            ReadPay => "read_pay",
            RecordPay => "record_pay",
            ReadLeave => "read_leave",
            RequestLeave => "request_leave",
            DecideLeave => "decide_leave",
            ConfigureCalendar => "configure_calendar",
            ReadQuality => "read_quality",
            CheckQuality => "check_quality",
            DecideChanges => "decide_changes",
            ConfigureApprovals => "configure_approvals",
        }
    }
}
