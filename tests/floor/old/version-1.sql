BEGIN TRANSACTION;
CREATE TABLE beyond (            -- numbers that were heard behind a gap
            machine BIGINT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
            PRIMARY KEY (machine, first));
CREATE TABLE boot (              -- dates the monotonic times of one boot
            machine BIGINT NOT NULL, boot TEXT NOT NULL, offset_ms BIGINT NOT NULL,
            PRIMARY KEY (machine, boot));
INSERT INTO "boot" VALUES(1,'boot-1',1792868400000);
CREATE TABLE day (               -- sums by local day; day 0: what could not be dated
            machine BIGINT NOT NULL, day BIGINT NOT NULL,
            belt BIGINT NOT NULL, pause BIGINT NOT NULL, eligible BIGINT NOT NULL, flat BIGINT NOT NULL,
            unknown BIGINT NOT NULL, gap BIGINT NOT NULL, distance BIGINT NOT NULL, sessions BIGINT NOT NULL,
            nudges_offered BIGINT NOT NULL, nudges_accepted_key BIGINT NOT NULL,
            nudges_accepted_self BIGINT NOT NULL, nudges_declined BIGINT NOT NULL, nudges_expired BIGINT NOT NULL,
            nudges_withdrawn BIGINT NOT NULL, nudges_undelivered BIGINT NOT NULL, nudges_raised BIGINT NOT NULL,
            suggestions_offered BIGINT NOT NULL, suggestions_taken BIGINT NOT NULL,
            suggestions_declined BIGINT NOT NULL, suggestions_not_today BIGINT NOT NULL,
            suggestions_expired BIGINT NOT NULL, suggestions_withdrawn BIGINT NOT NULL,
            suggestions_undelivered BIGINT NOT NULL,
            limits_announced BIGINT NOT NULL, limits_warned BIGINT NOT NULL, limits_reached BIGINT NOT NULL,
            limits_over BIGINT NOT NULL, limits_extended BIGINT NOT NULL, limits_lifted BIGINT NOT NULL,
            PRIMARY KEY (day, machine)) WITHOUT ROWID;
INSERT INTO "day" VALUES(1,739913,1001000,0,500500,1000,0,0,2002,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "day" VALUES(1,739914,9189000,0,4594500,189000,0,0,18378,18,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
CREATE TABLE event (             -- each once; its id is {machine}-{origin}-{first}..{last}
            machine BIGINT NOT NULL, origin TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
            seq BIGINT NOT NULL, kind TEXT NOT NULL,
            boot TEXT NOT NULL, at BIGINT NOT NULL,
            ts BIGINT,                   -- as it was dated; NULL when it was not
            start BIGINT, moment BIGINT, -- from when it counts, and when it was told; NULL while that is not known
            session TEXT, data TEXT NOT NULL,
            PRIMARY KEY (machine, origin, first, last));
INSERT INTO "event" VALUES(1,'a1',1,1,1,'session','boot-1',3600000,1792872000000,1792872000000,1792872000000,'s-0','{"step":"new","min_incline":10,"started":3600000}');
INSERT INTO "event" VALUES(1,'a1',2,2,2,'session','boot-1',4100000,1792872500000,1792872000000,1792872500000,'s-1','{"step":"end","reason":"stopped","started":3600000,"ended":4100000,"min_incline":10,"belt":500000,"pause":0,"eligible":250000,"flat":0,"unknown":0,"gap":0,"distance":1000}');
INSERT INTO "event" VALUES(1,'a1',3,3,3,'audit','boot-1',4100000,1792872500000,1792872500000,1792872500000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',4,4,4,'session','boot-1',7700000,1792876100000,1792876100000,1792876100000,'s-3','{"step":"new","min_incline":10,"started":7700000}');
INSERT INTO "event" VALUES(1,'a1',5,5,5,'session','boot-1',8201000,1792876601000,1792876100000,1792876601000,'s-4','{"step":"end","reason":"stopped","started":7700000,"ended":8201000,"min_incline":10,"belt":501000,"pause":0,"eligible":250500,"flat":1000,"unknown":0,"gap":0,"distance":1002}');
INSERT INTO "event" VALUES(1,'a1',6,6,6,'audit','boot-1',8201000,1792876601000,1792876601000,1792876601000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',7,7,7,'session','boot-1',11801000,1792880201000,1792880201000,1792880201000,'s-6','{"step":"new","min_incline":10,"started":11801000}');
INSERT INTO "event" VALUES(1,'a1',8,8,8,'session','boot-1',12303000,1792880703000,1792880201000,1792880703000,'s-7','{"step":"end","reason":"stopped","started":11801000,"ended":12303000,"min_incline":10,"belt":502000,"pause":0,"eligible":251000,"flat":2000,"unknown":0,"gap":0,"distance":1004}');
INSERT INTO "event" VALUES(1,'a1',9,9,9,'audit','boot-1',12303000,1792880703000,1792880703000,1792880703000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',10,10,10,'session','boot-1',15903000,1792884303000,1792884303000,1792884303000,'s-9','{"step":"new","min_incline":10,"started":15903000}');
INSERT INTO "event" VALUES(1,'a1',11,11,11,'session','boot-1',16406000,1792884806000,1792884303000,1792884806000,'s-10','{"step":"end","reason":"stopped","started":15903000,"ended":16406000,"min_incline":10,"belt":503000,"pause":0,"eligible":251500,"flat":3000,"unknown":0,"gap":0,"distance":1006}');
INSERT INTO "event" VALUES(1,'a1',12,12,12,'audit','boot-1',16406000,1792884806000,1792884806000,1792884806000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',13,13,13,'session','boot-1',20006000,1792888406000,1792888406000,1792888406000,'s-12','{"step":"new","min_incline":10,"started":20006000}');
INSERT INTO "event" VALUES(1,'a1',14,14,14,'session','boot-1',20510000,1792888910000,1792888406000,1792888910000,'s-13','{"step":"end","reason":"stopped","started":20006000,"ended":20510000,"min_incline":10,"belt":504000,"pause":0,"eligible":252000,"flat":4000,"unknown":0,"gap":0,"distance":1008}');
INSERT INTO "event" VALUES(1,'a1',15,15,15,'audit','boot-1',20510000,1792888910000,1792888910000,1792888910000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',16,16,16,'session','boot-1',24110000,1792892510000,1792892510000,1792892510000,'s-15','{"step":"new","min_incline":10,"started":24110000}');
INSERT INTO "event" VALUES(1,'a1',17,17,17,'session','boot-1',24615000,1792893015000,1792892510000,1792893015000,'s-16','{"step":"end","reason":"stopped","started":24110000,"ended":24615000,"min_incline":10,"belt":505000,"pause":0,"eligible":252500,"flat":5000,"unknown":0,"gap":0,"distance":1010}');
INSERT INTO "event" VALUES(1,'a1',18,18,18,'audit','boot-1',24615000,1792893015000,1792893015000,1792893015000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',19,19,19,'session','boot-1',28215000,1792896615000,1792896615000,1792896615000,'s-18','{"step":"new","min_incline":10,"started":28215000}');
INSERT INTO "event" VALUES(1,'a1',20,20,20,'session','boot-1',28721000,1792897121000,1792896615000,1792897121000,'s-19','{"step":"end","reason":"stopped","started":28215000,"ended":28721000,"min_incline":10,"belt":506000,"pause":0,"eligible":253000,"flat":6000,"unknown":0,"gap":0,"distance":1012}');
INSERT INTO "event" VALUES(1,'a1',21,21,21,'audit','boot-1',28721000,1792897121000,1792897121000,1792897121000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',22,22,22,'session','boot-1',32321000,1792900721000,1792900721000,1792900721000,'s-21','{"step":"new","min_incline":10,"started":32321000}');
INSERT INTO "event" VALUES(1,'a1',23,23,23,'session','boot-1',32828000,1792901228000,1792900721000,1792901228000,'s-22','{"step":"end","reason":"stopped","started":32321000,"ended":32828000,"min_incline":10,"belt":507000,"pause":0,"eligible":253500,"flat":7000,"unknown":0,"gap":0,"distance":1014}');
INSERT INTO "event" VALUES(1,'a1',24,24,24,'audit','boot-1',32828000,1792901228000,1792901228000,1792901228000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',25,25,25,'session','boot-1',36428000,1792904828000,1792904828000,1792904828000,'s-24','{"step":"new","min_incline":10,"started":36428000}');
INSERT INTO "event" VALUES(1,'a1',26,26,26,'session','boot-1',36936000,1792905336000,1792904828000,1792905336000,'s-25','{"step":"end","reason":"stopped","started":36428000,"ended":36936000,"min_incline":10,"belt":508000,"pause":0,"eligible":254000,"flat":8000,"unknown":0,"gap":0,"distance":1016}');
INSERT INTO "event" VALUES(1,'a1',27,27,27,'audit','boot-1',36936000,1792905336000,1792905336000,1792905336000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',28,28,28,'session','boot-1',40536000,1792908936000,1792908936000,1792908936000,'s-27','{"step":"new","min_incline":10,"started":40536000}');
INSERT INTO "event" VALUES(1,'a1',29,29,29,'session','boot-1',41045000,1792909445000,1792908936000,1792909445000,'s-28','{"step":"end","reason":"stopped","started":40536000,"ended":41045000,"min_incline":10,"belt":509000,"pause":0,"eligible":254500,"flat":9000,"unknown":0,"gap":0,"distance":1018}');
INSERT INTO "event" VALUES(1,'a1',30,30,30,'audit','boot-1',41045000,1792909445000,1792909445000,1792909445000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',31,31,31,'session','boot-1',44645000,1792913045000,1792913045000,1792913045000,'s-30','{"step":"new","min_incline":10,"started":44645000}');
INSERT INTO "event" VALUES(1,'a1',32,32,32,'session','boot-1',45155000,1792913555000,1792913045000,1792913555000,'s-31','{"step":"end","reason":"stopped","started":44645000,"ended":45155000,"min_incline":10,"belt":510000,"pause":0,"eligible":255000,"flat":10000,"unknown":0,"gap":0,"distance":1020}');
INSERT INTO "event" VALUES(1,'a1',33,33,33,'audit','boot-1',45155000,1792913555000,1792913555000,1792913555000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',34,34,34,'session','boot-1',48755000,1792917155000,1792917155000,1792917155000,'s-33','{"step":"new","min_incline":10,"started":48755000}');
INSERT INTO "event" VALUES(1,'a1',35,35,35,'session','boot-1',49266000,1792917666000,1792917155000,1792917666000,'s-34','{"step":"end","reason":"stopped","started":48755000,"ended":49266000,"min_incline":10,"belt":511000,"pause":0,"eligible":255500,"flat":11000,"unknown":0,"gap":0,"distance":1022}');
INSERT INTO "event" VALUES(1,'a1',36,36,36,'audit','boot-1',49266000,1792917666000,1792917666000,1792917666000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',37,37,37,'session','boot-1',52866000,1792921266000,1792921266000,1792921266000,'s-36','{"step":"new","min_incline":10,"started":52866000}');
INSERT INTO "event" VALUES(1,'a1',38,38,38,'session','boot-1',53378000,1792921778000,1792921266000,1792921778000,'s-37','{"step":"end","reason":"stopped","started":52866000,"ended":53378000,"min_incline":10,"belt":512000,"pause":0,"eligible":256000,"flat":12000,"unknown":0,"gap":0,"distance":1024}');
INSERT INTO "event" VALUES(1,'a1',39,39,39,'audit','boot-1',53378000,1792921778000,1792921778000,1792921778000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',40,40,40,'session','boot-1',56978000,1792925378000,1792925378000,1792925378000,'s-39','{"step":"new","min_incline":10,"started":56978000}');
INSERT INTO "event" VALUES(1,'a1',41,41,41,'session','boot-1',57491000,1792925891000,1792925378000,1792925891000,'s-40','{"step":"end","reason":"stopped","started":56978000,"ended":57491000,"min_incline":10,"belt":513000,"pause":0,"eligible":256500,"flat":13000,"unknown":0,"gap":0,"distance":1026}');
INSERT INTO "event" VALUES(1,'a1',42,42,42,'audit','boot-1',57491000,1792925891000,1792925891000,1792925891000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',43,43,43,'session','boot-1',61091000,1792929491000,1792929491000,1792929491000,'s-42','{"step":"new","min_incline":10,"started":61091000}');
INSERT INTO "event" VALUES(1,'a1',44,44,44,'session','boot-1',61605000,1792930005000,1792929491000,1792930005000,'s-43','{"step":"end","reason":"stopped","started":61091000,"ended":61605000,"min_incline":10,"belt":514000,"pause":0,"eligible":257000,"flat":14000,"unknown":0,"gap":0,"distance":1028}');
INSERT INTO "event" VALUES(1,'a1',45,45,45,'audit','boot-1',61605000,1792930005000,1792930005000,1792930005000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',46,46,46,'session','boot-1',65205000,1792933605000,1792933605000,1792933605000,'s-45','{"step":"new","min_incline":10,"started":65205000}');
INSERT INTO "event" VALUES(1,'a1',47,47,47,'session','boot-1',65720000,1792934120000,1792933605000,1792934120000,'s-46','{"step":"end","reason":"stopped","started":65205000,"ended":65720000,"min_incline":10,"belt":515000,"pause":0,"eligible":257500,"flat":15000,"unknown":0,"gap":0,"distance":1030}');
INSERT INTO "event" VALUES(1,'a1',48,48,48,'audit','boot-1',65720000,1792934120000,1792934120000,1792934120000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',49,49,49,'session','boot-1',69320000,1792937720000,1792937720000,1792937720000,'s-48','{"step":"new","min_incline":10,"started":69320000}');
INSERT INTO "event" VALUES(1,'a1',50,50,50,'session','boot-1',69836000,1792938236000,1792937720000,1792938236000,'s-49','{"step":"end","reason":"stopped","started":69320000,"ended":69836000,"min_incline":10,"belt":516000,"pause":0,"eligible":258000,"flat":16000,"unknown":0,"gap":0,"distance":1032}');
INSERT INTO "event" VALUES(1,'a1',53,53,53,'session','boot-1',73953000,1792942353000,1792941836000,1792942353000,'s-52','{"step":"end","reason":"stopped","started":73436000,"ended":73953000,"min_incline":10,"belt":517000,"pause":0,"eligible":258500,"flat":17000,"unknown":0,"gap":0,"distance":1034}');
INSERT INTO "event" VALUES(1,'a1',54,54,54,'audit','boot-1',73953000,1792942353000,1792942353000,1792942353000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',55,55,55,'session','boot-1',77553000,1792945953000,1792945953000,1792945953000,'s-54','{"step":"new","min_incline":10,"started":77553000}');
INSERT INTO "event" VALUES(1,'a1',56,56,56,'session','boot-1',78071000,1792946471000,1792945953000,1792946471000,'s-55','{"step":"end","reason":"stopped","started":77553000,"ended":78071000,"min_incline":10,"belt":518000,"pause":0,"eligible":259000,"flat":18000,"unknown":0,"gap":0,"distance":1036}');
INSERT INTO "event" VALUES(1,'a1',57,57,57,'audit','boot-1',78071000,1792946471000,1792946471000,1792946471000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',58,58,58,'session','boot-1',81671000,1792950071000,1792950071000,1792950071000,'s-57','{"step":"new","min_incline":10,"started":81671000}');
INSERT INTO "event" VALUES(1,'a1',59,59,59,'session','boot-1',82190000,1792950590000,1792950071000,1792950590000,'s-58','{"step":"end","reason":"stopped","started":81671000,"ended":82190000,"min_incline":10,"belt":519000,"pause":0,"eligible":259500,"flat":19000,"unknown":0,"gap":0,"distance":1038}');
INSERT INTO "event" VALUES(1,'a1',60,60,60,'audit','boot-1',82190000,1792950590000,1792950590000,1792950590000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',51,51,51,'audit','boot-1',69836000,1792938236000,1792938236000,1792938236000,NULL,'{"what":"a \"word\", \u00fc\n","by":null,"on":true}');
INSERT INTO "event" VALUES(1,'a1',52,52,52,'session','boot-1',73436000,1792941836000,1792941836000,1792941836000,'s-51','{"step":"new","min_incline":10,"started":73436000}');
INSERT INTO "event" VALUES(1,'a1',61,61,61,'link','boot-1',82190000,1792950590000,1792950590000,1792950590000,NULL,'{"state":"up"}');
CREATE TABLE heat (              -- sums by month, weekday (0: Monday) and local hour
            machine BIGINT NOT NULL, month BIGINT NOT NULL, weekday BIGINT NOT NULL, hour BIGINT NOT NULL,
            belt BIGINT NOT NULL, pause BIGINT NOT NULL, eligible BIGINT NOT NULL, flat BIGINT NOT NULL,
            unknown BIGINT NOT NULL, gap BIGINT NOT NULL, distance BIGINT NOT NULL, sessions BIGINT NOT NULL,
            nudges_offered BIGINT NOT NULL, nudges_accepted_key BIGINT NOT NULL,
            nudges_accepted_self BIGINT NOT NULL, nudges_declined BIGINT NOT NULL, nudges_expired BIGINT NOT NULL,
            nudges_withdrawn BIGINT NOT NULL, nudges_undelivered BIGINT NOT NULL, nudges_raised BIGINT NOT NULL,
            suggestions_offered BIGINT NOT NULL, suggestions_taken BIGINT NOT NULL,
            suggestions_declined BIGINT NOT NULL, suggestions_not_today BIGINT NOT NULL,
            suggestions_expired BIGINT NOT NULL, suggestions_withdrawn BIGINT NOT NULL,
            suggestions_undelivered BIGINT NOT NULL,
            limits_announced BIGINT NOT NULL, limits_warned BIGINT NOT NULL, limits_reached BIGINT NOT NULL,
            limits_over BIGINT NOT NULL, limits_extended BIGINT NOT NULL, limits_lifted BIGINT NOT NULL,
            PRIMARY KEY (month, machine, weekday, hour)) WITHOUT ROWID;
INSERT INTO "heat" VALUES(1,24321,5,22,500000,0,250000,0,0,0,1000,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,5,23,501000,0,250500,1000,0,0,1002,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,0,502000,0,251000,2000,0,0,1004,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,1,503000,0,251500,3000,0,0,1006,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,2,1009000,0,504500,9000,0,0,2018,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,3,506000,0,253000,6000,0,0,1012,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,4,79000,0,39500,1090,0,0,158,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,5,428000,0,214000,5910,0,0,856,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,6,508000,0,254000,8000,0,0,1016,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,7,509000,0,254500,9000,0,0,1018,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,8,510000,0,255000,10000,0,0,1020,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,9,511000,0,255500,11000,0,0,1022,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,10,512000,0,256000,12000,0,0,1024,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,11,513000,0,256500,13000,0,0,1026,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,12,109000,0,54500,2968,0,0,218,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,13,405000,0,202500,11032,0,0,810,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,14,515000,0,257500,15000,0,0,1030,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,15,516000,0,258000,16000,0,0,1032,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,16,517000,0,258500,17000,0,0,1034,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,17,518000,0,259000,18000,0,0,1036,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO "heat" VALUES(1,24321,6,18,519000,0,259500,19000,0,0,1038,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
CREATE TABLE machine (
            n BIGINT PRIMARY KEY,
            site TEXT NOT NULL, machine TEXT NOT NULL,
            name TEXT NOT NULL, zone TEXT NOT NULL, modality TEXT NOT NULL,  -- as its info said last
            stored BIGINT NOT NULL,      -- all its events up to this number are here
            passes BIGINT NOT NULL, since BIGINT NOT NULL,  -- see daemon.floor.marks
            out_of_order BIGINT NOT NULL,
            unfit BIGINT NOT NULL,       -- events that made no sense
            misdated BIGINT NOT NULL,    -- events with a date that cannot be
            UNIQUE (site, machine));
INSERT INTO "machine" VALUES(1,'north','t07','t07','','treadmill',61,0,1793149200000,0,1,0);
CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL);
INSERT INTO "note" VALUES('time_zone','"Europe/Berlin"');
INSERT INTO "note" VALUES('longest_ms','519000');
CREATE TABLE quarantine (        -- what made no sense, each once
            digest TEXT PRIMARY KEY,
            at BIGINT NOT NULL, machine TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
            payload TEXT NOT NULL);
INSERT INTO "quarantine" VALUES('d5e3de7fa24f2b65d96475f11f40ade14ef2d8d1b249f3da532a34f989acdb47',1793149200000,'t07','event/link','another event with this id is stored; this one is kept aside','[(''at'', 0), (''boot'', ''boot-1''), (''data'', ''{"state":"up"}''), (''first'', 1), (''kind'', ''link''), (''last'', 1), (''machine'', 0), (''moment'', None), (''origin'', ''a1''), (''seq'', 1), (''session'', None), (''start'', None), (''ts'', 1792868400000)]');
CREATE TABLE version (n BIGINT NOT NULL);
INSERT INTO "version" VALUES(1);
CREATE INDEX event_moment ON event (machine, moment);
CREATE INDEX event_hours ON event (machine, origin, first, last) WHERE last > first;
CREATE INDEX event_boot ON event (machine, boot) WHERE moment IS NULL;
COMMIT;
