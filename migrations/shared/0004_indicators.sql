-- Published indicators and thresholds that count the workforce by occupation, each with what it counts in ISCO-08: the
-- numerators differ, so a threshold means nothing without its set of units. The publications name occupations in words;
-- which units these are is how Kada reads them.
create table indicator (
    code        text not null,
    -- The year of the publication.
    edition     text not null,
    name        jsonb not null,
    unit        text not null check (unit in ('per-10000', 'percent')),
    -- Of a threshold.
    value       numeric,
    source      text not null,
    -- Whether name and figure were read at the source; the others are quoted from memory.
    is_verified boolean not null,
    primary key (code, edition)
);

-- A unit stands for all below it, whose codes begin with its own.
create table indicator_unit (
    code    text not null,
    edition text not null,
    isco08  text not null references isco08,
    primary key (code, edition, isco08),
    foreign key (code, edition) references indicator
);

-- Left out is what no set of units tells: 134.23 per 10 000 of the African Region, whose 13 occupation groups are listed
-- in an article that was not read for this; surgical, anaesthetic and obstetric specialists, and family doctors, who are
-- specialties within 2212 (20 per 100 000 of the Lancet Commission, NHWA 8-04 and 8-05); and the norm of one Health
-- Surveillance Assistant per 1 000 people, a cadre of Malawi that shares 3253 with its volunteers.
insert into indicator (code, edition, unit, value, is_verified, source, name) values
    ('MDG-WHR2006', '2006', 'per-10000', 22.8, true,
     'WHO, World Health Report 2006; quoted in BMJ Global Health 7 (Suppl 1), e008310',
     '{"en": "Doctors, nurses and midwives: least density associated with skilled attendance at 80% of births", "fr": "Médecins, infirmiers et sages-femmes : densité minimale associée à une assistance qualifiée à 80 % des accouchements", "sw": "Madaktari, wauguzi na wakunga: uwiano wa chini unaohusishwa na asilimia 80 ya uzazi kusaidiwa na wahudumu wenye ujuzi"}'),
    ('ILO-34.5', '2013', 'per-10000', 34.5, false,
     'GHWA and WHO, A Universal Truth: No Health Without a Workforce',
     '{"en": "Doctors, nurses and midwives: benchmark of the ILO for the staff access deficit", "fr": "Médecins, infirmiers et sages-femmes : repère de l’OIT pour le déficit d’accès au personnel", "sw": "Madaktari, wauguzi na wakunga: kigezo cha ILO cha upungufu wa upatikanaji wa wahudumu"}'),
    ('ILO-41.1', '2014', 'per-10000', 41.1, false,
     'ILO, World Social Protection Report 2014/15',
     '{"en": "Doctors, nurses and midwives: later benchmark of the ILO for the staff access deficit", "fr": "Médecins, infirmiers et sages-femmes : repère ultérieur de l’OIT pour le déficit d’accès au personnel", "sw": "Madaktari, wauguzi na wakunga: kigezo cha baadaye cha ILO cha upungufu wa upatikanaji wa wahudumu"}'),
    ('MMR-59.4', '2013', 'per-10000', 59.4, false,
     'GHWA and WHO, A Universal Truth: No Health Without a Workforce',
     '{"en": "Doctors, nurses and midwives: density of countries where 50 mothers die in 100 000 births", "fr": "Médecins, infirmiers et sages-femmes : densité des pays où 50 mères meurent pour 100 000 naissances", "sw": "Madaktari, wauguzi na wakunga: uwiano wa nchi ambazo akina mama 50 hufariki katika vizazi 100 000"}'),
    ('SDG-44.5', '2016', 'per-10000', 44.5, false,
     'WHO, Human Resources for Health Observer 17; Global Strategy on Human Resources for Health: Workforce 2030',
     '{"en": "Doctors, nurses and midwives: threshold of the composite index of 12 SDG tracer indicators", "fr": "Médecins, infirmiers et sages-femmes : seuil de l’indice composite de 12 indicateurs traceurs des ODD", "sw": "Madaktari, wauguzi na wakunga: kizingiti cha fahirisi ya viashiria 12 vya SDG"}'),
    ('IHME-PHYS', '2022', 'per-10000', 20.7, false,
     'GBD 2019 Human Resources for Health Collaborators, The Lancet 2022',
     '{"en": "Physicians: least density for 80 on the index of effective UHC coverage", "fr": "Médecins : densité minimale pour un indice de couverture effective de la CSU de 80", "sw": "Madaktari: uwiano wa chini wa kufikia 80 katika fahirisi ya huduma fanisi za UHC"}'),
    ('IHME-NM', '2022', 'per-10000', 70.6, false,
     'GBD 2019 Human Resources for Health Collaborators, The Lancet 2022',
     '{"en": "Nurses and midwives: least density for 80 on the index of effective UHC coverage", "fr": "Infirmiers et sages-femmes : densité minimale pour un indice de couverture effective de la CSU de 80", "sw": "Wauguzi na wakunga: uwiano wa chini wa kufikia 80 katika fahirisi ya huduma fanisi za UHC"}');

-- Of the 78 core indicators those that a register answers by occupation. A second edition of the handbook would be rows
-- of its own.
insert into indicator (code, edition, unit, is_verified, source, name)
select code, '2017', unit, is_verified, 'WHO, National Health Workforce Accounts: a Handbook', name::jsonb
from (values
    ('NHWA-1-01', 'per-10000', true, '{"en": "Health worker density", "fr": "Densité des personnels de santé", "sw": "Uwiano wa wahudumu wa afya kwa idadi ya watu"}'),
    ('NHWA-1-02', 'per-10000', true, '{"en": "Health worker density at subnational level", "fr": "Densité des personnels de santé au niveau infranational", "sw": "Uwiano wa wahudumu wa afya kwa idadi ya watu chini ya ngazi ya taifa"}'),
    ('NHWA-1-03', 'percent', true, '{"en": "Health worker distribution by age group", "fr": "Répartition des personnels de santé par groupe d’âge", "sw": "Mgawanyo wa wahudumu wa afya kwa makundi ya umri"}'),
    ('NHWA-1-04', 'percent', false, '{"en": "Female health workers", "fr": "Femmes parmi les personnels de santé", "sw": "Wahudumu wa afya wanawake"}'),
    ('NHWA-1-05', 'percent', false, '{"en": "Health worker distribution by facility ownership", "fr": "Répartition des personnels de santé par régime de propriété de l’établissement", "sw": "Mgawanyo wa wahudumu wa afya kwa umiliki wa kituo"}'),
    ('NHWA-1-06', 'percent', false, '{"en": "Health worker distribution by facility type", "fr": "Répartition des personnels de santé par type d’établissement", "sw": "Mgawanyo wa wahudumu wa afya kwa aina ya kituo"}'),
    ('NHWA-1-08', 'percent', false, '{"en": "Share of foreign-trained health workers", "fr": "Part des personnels de santé formés à l’étranger", "sw": "Sehemu ya wahudumu wa afya waliosomea nje ya nchi"}'),
    ('NHWA-5-02', 'percent', false, '{"en": "Replenishment rate from domestic efforts", "fr": "Taux de renouvellement par la formation nationale", "sw": "Kiwango cha kujaza nafasi kwa waliosomea nchini"}'),
    ('NHWA-5-03', 'percent', false, '{"en": "Entry rate for foreign health workers", "fr": "Taux d’entrée des personnels de santé étrangers", "sw": "Kiwango cha kuingia kazini kwa wahudumu wa afya wa kigeni"}'),
    ('NHWA-5-04', 'percent', false, '{"en": "Voluntary exit rate from health labour market", "fr": "Taux de sortie volontaire du marché du travail de la santé", "sw": "Kiwango cha kuondoka kwa hiari katika soko la ajira la afya"}'),
    ('NHWA-5-05', 'percent', false, '{"en": "Involuntary exit rate from health labour market", "fr": "Taux de sortie involontaire du marché du travail de la santé", "sw": "Kiwango cha kuondoka bila hiari katika soko la ajira la afya"}'),
    ('NHWA-5-07', 'percent', false, '{"en": "Vacancy rate", "fr": "Taux de vacance de postes", "sw": "Kiwango cha nafasi zilizo wazi"}'),
    ('NHWA-6-02', 'percent', false, '{"en": "Health workers with a part-time contract", "fr": "Personnels de santé à temps partiel", "sw": "Wahudumu wa afya wenye mkataba wa muda usio kamili"}'),
    ('NHWA-6-06', 'percent', false, '{"en": "Health worker status in employment", "fr": "Statut des personnels de santé dans l’emploi", "sw": "Hadhi ya ajira ya wahudumu wa afya"}'),
    ('NHWA-8-01', 'percent', true, '{"en": "Percentage of health workforce working in hospitals", "fr": "Part des personnels de santé travaillant à l’hôpital", "sw": "Asilimia ya wahudumu wa afya wanaofanya kazi hospitalini"}'),
    ('NHWA-8-02', 'percent', true, '{"en": "Percentage of health workforce working in residential long-term care facilities", "fr": "Part des personnels de santé travaillant dans les établissements d’hébergement et de soins de longue durée", "sw": "Asilimia ya wahudumu wa afya wanaofanya kazi katika makazi ya huduma ya muda mrefu"}'),
    ('NHWA-8-03', 'percent', true, '{"en": "Percentage of health workforce working in ambulatory health care", "fr": "Part des personnels de santé travaillant dans les soins ambulatoires", "sw": "Asilimia ya wahudumu wa afya wanaofanya kazi katika huduma za wagonjwa wa nje"}')
) as core (code, unit, is_verified, name);

-- Doctors; nurses and midwives, professionals and associates.
insert into indicator_unit (code, edition, isco08)
select code, edition, counted
from indicator cross join unnest(array['221', '222', '322']) as it (counted)
where code in ('MDG-WHR2006', 'ILO-34.5', 'ILO-41.1', 'MMR-59.4', 'SDG-44.5')
   or (code = 'IHME-PHYS' and counted = '221')
   or (code = 'IHME-NM' and counted <> '221');

-- The occupations of the accounts: health professionals but for veterinarians (225), health associate professionals but
-- for veterinary technicians (324), personal care in health services, and health management and support.
insert into indicator_unit (code, edition, isco08)
select code, edition, counted
from indicator cross join unnest(array[
    '221', '222', '223', '224', '226', '321', '322', '323', '325', '532',
    '1212', '1219', '1342', '2120', '2131', '2149', '2411', '2422', '2423', '2512', '3311', '3313', '3344', '3512', '4110',
    '4226', '4415', '5120', '5151', '8322', '9112']) as it (counted)
where code like 'NHWA-%';
