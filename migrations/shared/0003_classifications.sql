-- The editions of classifications that a country's cadres are mapped to. A code means nothing without its edition: 2221 is
-- a doctor in ISCO-88 and a nurse in ISCO-08.
create table classification (
    edition text primary key,
    title   jsonb not null,
    source  text not null
);

create table classification_unit (
    edition text not null references classification,
    code    text not null,
    title   jsonb not null,
    domain  text not null,
    primary key (edition, code)
);

insert into classification (edition, title, source) values
    ('isco-08', '{"en": "International Standard Classification of Occupations 2008", "fr": "Classification internationale type des professions 2008"}',
     'ILO, 2012; the part that a health and social-service register meets'),
    ('isco-88', '{"en": "International Standard Classification of Occupations 1988", "fr": "Classification internationale type des professions 1988"}',
     'ILO, 1990; health and social work, by Gupta et al., International Journal for Equity in Health 2003, 2:11, table 1, and the published structure'),
    ('kada-hub-1', '{"en": "Categories of the regional comparison, first edition", "fr": "Catégories de la comparaison régionale, première édition"}',
     'Kada; occupations of the National Health Workforce Accounts, and social services beside them');

insert into classification_unit (edition, code, title, domain)
select 'isco-08', code, title, domain from isco08;

insert into classification_unit (edition, code, title, domain) values
    ('isco-88', '1229', '{"en": "Production and operations department managers not elsewhere classified"}', 'mixed'),
    ('isco-88', '2221', '{"en": "Medical doctors", "fr": "Médecins"}', 'health'),
    ('isco-88', '2222', '{"en": "Dentists", "fr": "Dentistes"}', 'health'),
    ('isco-88', '2224', '{"en": "Pharmacists", "fr": "Pharmaciens"}', 'health'),
    ('isco-88', '2229', '{"en": "Health professionals (except nursing) not elsewhere classified"}', 'health'),
    ('isco-88', '2230', '{"en": "Nursing and midwifery professionals", "fr": "Cadres infirmiers et sages-femmes"}', 'health'),
    ('isco-88', '2445', '{"en": "Psychologists", "fr": "Psychologues"}', 'health+social'),
    ('isco-88', '2446', '{"en": "Social work professionals", "fr": "Spécialistes du travail social"}', 'social'),
    ('isco-88', '3133', '{"en": "Medical equipment operators"}', 'health'),
    ('isco-88', '3211', '{"en": "Life science technicians"}', 'health'),
    ('isco-88', '3221', '{"en": "Medical assistants", "fr": "Assistants médicaux"}', 'health'),
    ('isco-88', '3222', '{"en": "Sanitarians"}', 'health'),
    ('isco-88', '3223', '{"en": "Dieticians and nutritionists"}', 'health'),
    ('isco-88', '3224', '{"en": "Optometrists and opticians"}', 'health'),
    ('isco-88', '3225', '{"en": "Dental assistants"}', 'health'),
    ('isco-88', '3226', '{"en": "Physiotherapists and related associate professionals"}', 'health'),
    ('isco-88', '3228', '{"en": "Pharmaceutical assistants"}', 'health'),
    ('isco-88', '3229', '{"en": "Modern health associate professionals (except nursing) not elsewhere classified"}', 'health'),
    ('isco-88', '3231', '{"en": "Nursing associate professionals"}', 'health'),
    ('isco-88', '3232', '{"en": "Midwifery associate professionals"}', 'health'),
    ('isco-88', '3241', '{"en": "Traditional medicine practitioners"}', 'health'),
    ('isco-88', '3242', '{"en": "Faith healers"}', 'health'),
    ('isco-88', '3460', '{"en": "Social work associate professionals"}', 'social'),
    ('isco-88', '5132', '{"en": "Institution-based personal care workers"}', 'health'),
    ('isco-88', '5133', '{"en": "Home-based personal care workers"}', 'health+social'),
    ('kada-hub-1', 'MEDICAL_DOCTORS', '{"en": "Medical doctors", "fr": "Médecins", "sw": "Madaktari"}', 'health'),
    ('kada-hub-1', 'PARAMEDICAL', '{"en": "Paramedical practitioners and medical assistants", "fr": "Praticiens paramédicaux et assistants médicaux", "sw": "Matabibu"}', 'health'),
    ('kada-hub-1', 'NURSING', '{"en": "Nursing personnel", "fr": "Personnel infirmier", "sw": "Wauguzi"}', 'health'),
    ('kada-hub-1', 'MIDWIFERY', '{"en": "Midwifery personnel", "fr": "Sages-femmes", "sw": "Wakunga"}', 'health'),
    ('kada-hub-1', 'DENTAL', '{"en": "Dentists and dental assistants", "fr": "Dentistes et assistants dentaires", "sw": "Madaktari wa meno"}', 'health'),
    ('kada-hub-1', 'PHARMACEUTICAL', '{"en": "Pharmacists and pharmaceutical technicians", "fr": "Pharmaciens et techniciens en pharmacie", "sw": "Wafamasia"}', 'health'),
    ('kada-hub-1', 'LABORATORY', '{"en": "Laboratory personnel", "fr": "Personnel de laboratoire", "sw": "Wataalamu wa maabara"}', 'health'),
    ('kada-hub-1', 'ENVIRONMENTAL_HEALTH', '{"en": "Environmental and occupational health personnel", "fr": "Personnel de la salubrité de l’environnement", "sw": "Maofisa afya mazingira"}', 'health'),
    ('kada-hub-1', 'COMMUNITY_HEALTH', '{"en": "Community health workers", "fr": "Agents de santé communautaire", "sw": "Wahudumu wa afya ya jamii"}', 'health'),
    ('kada-hub-1', 'OTHER_HEALTH', '{"en": "Other health workers", "fr": "Autres personnels de santé", "sw": "Watumishi wengine wa afya"}', 'health'),
    ('kada-hub-1', 'MANAGEMENT_AND_SUPPORT', '{"en": "Management and support", "fr": "Gestion et appui", "sw": "Utawala na huduma"}', 'support'),
    ('kada-hub-1', 'SOCIAL_WORKERS', '{"en": "Social workers", "fr": "Travailleurs sociaux", "sw": "Maofisa ustawi wa jamii"}', 'social'),
    ('kada-hub-1', 'SOCIAL_WORK_ASSISTANTS', '{"en": "Social work assistants", "fr": "Assistants du travail social", "sw": "Maofisa ustawi wa jamii wasaidizi"}', 'social'),
    ('kada-hub-1', 'PARA_SOCIAL', '{"en": "Para-social workers", "fr": "Para-travailleurs sociaux", "sw": "Wahudumu wa ustawi wa jamii"}', 'social'),
    ('kada-hub-1', 'OTHER_SOCIAL', '{"en": "Other social-service workers", "fr": "Autres personnels des services sociaux", "sw": "Watumishi wengine wa ustawi"}', 'social');
