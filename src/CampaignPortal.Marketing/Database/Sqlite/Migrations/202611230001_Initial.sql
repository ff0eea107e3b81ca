CREATE TABLE "ApiKeys" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ApiKeys" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NOT NULL,
    "Prefix" TEXT NOT NULL,
    "SecretHash" BLOB NOT NULL,
    "PreviousHash" BLOB NULL,
    "PreviousUntil" INTEGER NULL,
    "Scopes" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NULL,
    "RevokedAt" INTEGER NULL,
    "LastUsedAt" INTEGER NULL
);
CREATE TABLE "AspNetRoles" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetRoles" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NULL,
    "NormalizedName" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL
);
CREATE TABLE "AspNetUsers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetUsers" PRIMARY KEY AUTOINCREMENT,
    "DisplayName" TEXT NOT NULL,
    "Language" TEXT NULL,
    "TimeZone" TEXT NULL,
    "Theme" TEXT NULL,
    "Density" TEXT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "LastSignInAt" INTEGER NULL,
    "IsDisabled" INTEGER NOT NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" INTEGER NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL
);
CREATE TABLE "AttributeDefinitions" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_AttributeDefinitions" PRIMARY KEY,
    "Kind" TEXT NOT NULL
);
CREATE TABLE "AudienceDays" (
    "AudienceId" INTEGER NOT NULL,
    "Day" TEXT NOT NULL,
    "Size" INTEGER NOT NULL,
    "Joined" INTEGER NOT NULL,
    "Left" INTEGER NOT NULL,
    CONSTRAINT "PK_AudienceDays" PRIMARY KEY ("AudienceId", "Day")
);
CREATE TABLE "AudienceMembers" (
    "AudienceId" INTEGER NOT NULL,
    "CustomerId" INTEGER NOT NULL,
    "JoinedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_AudienceMembers" PRIMARY KEY ("AudienceId", "CustomerId")
);
CREATE TABLE "Audiences" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Audiences" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NOT NULL,
    "Description" TEXT NULL,
    "Kind" TEXT NOT NULL,
    "RuleJson" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "EvaluatedAt" INTEGER NULL,
    "EvaluatedSequence" INTEGER NOT NULL,
    "Size" INTEGER NOT NULL,
    "Failure" TEXT NULL,
    "CreatedBy" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "ArchivedAt" INTEGER NULL,
    "Revision" INTEGER NOT NULL
);
CREATE TABLE "AuditEntries" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AuditEntries" PRIMARY KEY AUTOINCREMENT,
    "At" INTEGER NOT NULL,
    "Actor" TEXT NOT NULL,
    "Action" TEXT NOT NULL,
    "Target" TEXT NULL,
    "Detail" TEXT NULL,
    "Origin" TEXT NULL,
    "Before" TEXT NULL,
    "After" TEXT NULL,
    "Seal" BLOB NULL
);
CREATE TABLE "CampaignArmDays" (
    "CampaignId" INTEGER NOT NULL,
    "Occurrence" INTEGER NOT NULL,
    "Part" INTEGER NOT NULL,
    "VariantId" INTEGER NOT NULL,
    "Day" INTEGER NOT NULL,
    "Assigned" INTEGER NOT NULL,
    "Sent" INTEGER NOT NULL,
    "Bounced" INTEGER NOT NULL,
    "Opened" INTEGER NOT NULL,
    "OpenedByMachine" INTEGER NOT NULL,
    "Clicked" INTEGER NOT NULL,
    "ClickedByMachine" INTEGER NOT NULL,
    "Unsubscribed" INTEGER NOT NULL,
    "Complained" INTEGER NOT NULL,
    "Ordered" INTEGER NOT NULL,
    "OrderedAfterClick" INTEGER NOT NULL,
    "Buyers" INTEGER NOT NULL,
    "Revenue" INTEGER NOT NULL,
    "RevenueSquares" REAL NOT NULL,
    "AttributedRevenue" INTEGER NOT NULL,
    "SawAnother" INTEGER NOT NULL,
    CONSTRAINT "PK_CampaignArmDays" PRIMARY KEY ("CampaignId", "Occurrence", "Part", "VariantId", "Day")
);
CREATE TABLE "CampaignClicks" (
    "CampaignId" INTEGER NOT NULL,
    "VariantId" INTEGER NOT NULL,
    "Link" INTEGER NOT NULL,
    "CustomerId" INTEGER NOT NULL,
    "Url" TEXT NULL,
    CONSTRAINT "PK_CampaignClicks" PRIMARY KEY ("CampaignId", "VariantId", "Link", "CustomerId")
);
CREATE TABLE "CampaignHours" (
    "CampaignId" INTEGER NOT NULL,
    "VariantId" INTEGER NOT NULL,
    "Hour" INTEGER NOT NULL,
    "Sent" INTEGER NOT NULL,
    "Opened" INTEGER NOT NULL,
    "Clicked" INTEGER NOT NULL,
    "Ordered" INTEGER NOT NULL,
    "Revenue" INTEGER NOT NULL,
    CONSTRAINT "PK_CampaignHours" PRIMARY KEY ("CampaignId", "VariantId", "Hour")
);
CREATE TABLE "CampaignRecipients" (
    "CampaignId" INTEGER NOT NULL,
    "Occurrence" INTEGER NOT NULL,
    "CustomerId" INTEGER NOT NULL,
    "Part" INTEGER NOT NULL,
    "VariantId" INTEGER NOT NULL,
    "ExposedAt" INTEGER NULL,
    "SentAt" INTEGER NULL,
    "BouncedAt" INTEGER NULL,
    "OpenedAt" INTEGER NULL,
    "MachineOpenedAt" INTEGER NULL,
    "ClickedAt" INTEGER NULL,
    "MachineClickedAt" INTEGER NULL,
    "UnsubscribedAt" INTEGER NULL,
    "ComplainedAt" INTEGER NULL,
    "OrderedAt" INTEGER NULL,
    "OrderedAfterClick" INTEGER NOT NULL,
    "Revenue" INTEGER NOT NULL,
    "AttributedRevenue" INTEGER NOT NULL,
    "SawAnother" INTEGER NOT NULL,
    CONSTRAINT "PK_CampaignRecipients" PRIMARY KEY ("CampaignId", "Occurrence", "CustomerId")
);
CREATE TABLE "CampaignRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_CampaignRuns" PRIMARY KEY AUTOINCREMENT,
    "CampaignId" INTEGER NOT NULL,
    "Occurrence" INTEGER NOT NULL,
    "DueAt" INTEGER NOT NULL,
    "Phase" TEXT NOT NULL,
    "Funnel" TEXT NOT NULL,
    "PlannedThrough" INTEGER NOT NULL,
    "AudienceAsOf" INTEGER NULL,
    "PlannedAt" INTEGER NULL,
    "PlannedSequence" INTEGER NOT NULL,
    "DecideAt" INTEGER NULL,
    "WinnerId" INTEGER NULL,
    "DecidedAt" INTEGER NULL,
    "DecidedBy" TEXT NULL,
    "RolledThrough" INTEGER NOT NULL,
    "EndedAt" INTEGER NULL,
    "Failure" TEXT NULL
);
CREATE TABLE "Campaigns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Campaigns" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Settings" TEXT NOT NULL,
    "NextRunAt" INTEGER NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "ChangedBy" TEXT NOT NULL,
    "LaunchedAt" INTEGER NULL,
    "ArchivedAt" INTEGER NULL
);
CREATE TABLE "CampaignTransitions" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_CampaignTransitions" PRIMARY KEY AUTOINCREMENT,
    "CampaignId" INTEGER NOT NULL,
    "From" TEXT NOT NULL,
    "To" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "By" TEXT NOT NULL,
    "Reason" TEXT NULL
);
CREATE TABLE "CampaignVariants" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_CampaignVariants" PRIMARY KEY AUTOINCREMENT,
    "CampaignId" INTEGER NOT NULL,
    "Position" INTEGER NOT NULL,
    "Weight" REAL NOT NULL,
    "Content" TEXT NOT NULL
);
CREATE TABLE "CapReservations" (
    "MessageId" INTEGER NOT NULL CONSTRAINT "PK_CapReservations" PRIMARY KEY,
    "CustomerId" INTEGER NOT NULL,
    "Channel" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "Topic" TEXT NULL
);
CREATE TABLE "CatalogueEntries" (
    "Scope" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Property" TEXT NOT NULL,
    "DisplayName" TEXT NULL,
    "Owner" TEXT NULL,
    "Description" TEXT NULL,
    "IsHidden" INTEGER NOT NULL,
    "IsBlocked" INTEGER NOT NULL,
    "IsPrivate" INTEGER NOT NULL,
    "AcceptedSequence" INTEGER NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "ChangedBy" TEXT NOT NULL,
    CONSTRAINT "PK_CatalogueEntries" PRIMARY KEY ("Scope", "Name", "Property")
);
CREATE TABLE "ConsentLedger" (
    "Sequence" INTEGER NOT NULL CONSTRAINT "PK_ConsentLedger" PRIMARY KEY,
    "CustomerId" INTEGER NOT NULL,
    "Channel" TEXT NOT NULL,
    "Purpose" TEXT NOT NULL,
    "IsGranted" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "Basis" TEXT NULL,
    "Wording" TEXT NULL,
    "Origin" TEXT NOT NULL,
    "Actor" INTEGER NULL,
    "Proof" TEXT NULL,
    "LimitDays" INTEGER NULL,
    "Until" INTEGER NULL
);
CREATE TABLE "Consents" (
    "CustomerId" INTEGER NOT NULL,
    "Channel" TEXT NOT NULL,
    "Purpose" TEXT NOT NULL,
    "IsGranted" INTEGER NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "Origin" TEXT NULL,
    "Basis" TEXT NULL,
    "LimitDays" INTEGER NULL,
    "Until" INTEGER NULL,
    "Sequence" INTEGER NOT NULL,
    CONSTRAINT "PK_Consents" PRIMARY KEY ("CustomerId", "Channel", "Purpose")
);
CREATE TABLE "ConsentWordings" (
    "Channel" TEXT NOT NULL,
    "Purpose" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Text" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_ConsentWordings" PRIMARY KEY ("Channel", "Purpose", "Version")
);
CREATE TABLE "Contacts" (
    "CustomerId" INTEGER NOT NULL CONSTRAINT "PK_Contacts" PRIMARY KEY,
    "Sealed" BLOB NOT NULL,
    "EmailHash" BLOB NULL,
    "PhoneHash" BLOB NULL,
    "UpdatedAt" INTEGER NOT NULL
);
CREATE TABLE "CustomerNotes" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_CustomerNotes" PRIMARY KEY AUTOINCREMENT,
    "CustomerId" INTEGER NOT NULL,
    "AuthorId" INTEGER NOT NULL,
    "WrittenAt" INTEGER NOT NULL,
    "EditedAt" INTEGER NULL,
    "DeletedAt" INTEGER NULL,
    "Sealed" BLOB NOT NULL
);
CREATE TABLE "CustomerOwners" (
    "CustomerId" INTEGER NOT NULL CONSTRAINT "PK_CustomerOwners" PRIMARY KEY,
    "UserId" INTEGER NOT NULL,
    "AssignedAt" INTEGER NOT NULL,
    "AssignedBy" INTEGER NOT NULL
);
CREATE TABLE "CustomerProfiles" (
    "CustomerId" INTEGER NOT NULL CONSTRAINT "PK_CustomerProfiles" PRIMARY KEY,
    "FirstSeenAt" INTEGER NOT NULL,
    "LastSeenAt" INTEGER NOT NULL,
    "EventCount" INTEGER NOT NULL,
    "ViewCount" INTEGER NOT NULL,
    "CartCount" INTEGER NOT NULL,
    "MessageCount" INTEGER NOT NULL,
    "OpenCount" INTEGER NOT NULL,
    "ClickCount" INTEGER NOT NULL
);
CREATE TABLE "Customers" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Customers" PRIMARY KEY,
    "ExternalId" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ErasedAt" INTEGER NULL
);
CREATE TABLE "CustomerScores" (
    "CustomerId" INTEGER NOT NULL,
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Value" REAL NOT NULL,
    "Lower" REAL NULL,
    "Upper" REAL NULL,
    "Percentile" REAL NOT NULL,
    "Reasons" TEXT NULL,
    "AsOf" INTEGER NOT NULL,
    CONSTRAINT "PK_CustomerScores" PRIMARY KEY ("CustomerId", "Model")
);
CREATE TABLE "CustomerTotals" (
    "CustomerId" INTEGER NOT NULL CONSTRAINT "PK_CustomerTotals" PRIMARY KEY,
    "OrderCount" INTEGER NOT NULL,
    "Revenue" INTEGER NOT NULL,
    "ReturnedAmount" INTEGER NOT NULL,
    "FirstOrderAt" INTEGER NULL,
    "LastOrderAt" INTEGER NULL
);
CREATE TABLE "CustomerTraits" (
    "CustomerId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_CustomerTraits" PRIMARY KEY ("CustomerId", "Name")
);
CREATE TABLE "Drafts" (
    "UserId" INTEGER NOT NULL,
    "Key" TEXT NOT NULL,
    "Content" BLOB NOT NULL,
    "SavedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_Drafts" PRIMARY KEY ("UserId", "Key")
);
CREATE TABLE "EventHours" (
    "Name" TEXT NOT NULL,
    "Source" TEXT NOT NULL,
    "Hour" INTEGER NOT NULL,
    "Count" INTEGER NOT NULL,
    CONSTRAINT "PK_EventHours" PRIMARY KEY ("Hour", "Name", "Source")
);
CREATE TABLE "EventProperties" (
    "EventName" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Kind" INTEGER NOT NULL,
    "TextCount" INTEGER NOT NULL,
    "NumberCount" INTEGER NOT NULL,
    "FlagCount" INTEGER NOT NULL,
    "MomentCount" INTEGER NOT NULL,
    "ListCount" INTEGER NOT NULL,
    "ObjectCount" INTEGER NOT NULL,
    "FirstAt" INTEGER NOT NULL,
    "LastAt" INTEGER NOT NULL,
    "LastSequence" INTEGER NOT NULL,
    "ChangedKind" INTEGER NULL,
    "ChangedSequence" INTEGER NULL,
    "ChangedAt" INTEGER NULL,
    CONSTRAINT "PK_EventProperties" PRIMARY KEY ("EventName", "Name")
);
CREATE TABLE "Events" (
    "Sequence" INTEGER NOT NULL CONSTRAINT "PK_Events" PRIMARY KEY,
    "Source" TEXT NOT NULL,
    "MessageId" TEXT NOT NULL,
    "PayloadHash" INTEGER NOT NULL,
    "Type" TEXT NOT NULL,
    "CustomerId" INTEGER NULL,
    "VisitorId" INTEGER NULL,
    "OrderId" TEXT NULL,
    "OccurredAt" INTEGER NOT NULL,
    "SentAt" INTEGER NULL,
    "ReceivedAt" INTEGER NOT NULL,
    "ItemId" INTEGER NULL,
    "CampaignId" TEXT NULL,
    "VariantId" TEXT NULL,
    "Quantity" INTEGER NULL,
    "Amount" INTEGER NULL,
    "Currency" TEXT NULL,
    "Properties" TEXT NULL
);
CREATE TABLE "EventTypes" (
    "Name" TEXT NOT NULL,
    "Source" TEXT NOT NULL,
    "Count" INTEGER NOT NULL,
    "FirstAt" INTEGER NOT NULL,
    "LastAt" INTEGER NOT NULL,
    "Recent" TEXT NOT NULL,
    CONSTRAINT "PK_EventTypes" PRIMARY KEY ("Name", "Source")
);
CREATE TABLE "FeatureStatistics" (
    "Feature" TEXT NOT NULL,
    "AsOf" INTEGER NOT NULL,
    "ComputedAt" INTEGER NOT NULL,
    "Position" INTEGER NOT NULL,
    "Unit" TEXT NOT NULL,
    "Theme" TEXT NOT NULL,
    "Description" TEXT NOT NULL,
    "CustomerCount" INTEGER NOT NULL,
    "MissingCount" INTEGER NOT NULL,
    "Mean" REAL NULL,
    "Quantiles" TEXT NULL,
    "Bounds" TEXT NULL,
    "Counts" TEXT NULL,
    CONSTRAINT "PK_FeatureStatistics" PRIMARY KEY ("AsOf", "Feature")
);
CREATE TABLE "FeatureUses" (
    "Feature" TEXT NOT NULL,
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    CONSTRAINT "PK_FeatureUses" PRIMARY KEY ("Feature", "Model")
);
CREATE TABLE "HealthAcknowledgements" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_HealthAcknowledgements" PRIMARY KEY AUTOINCREMENT,
    "RunId" INTEGER NOT NULL,
    "Kind" TEXT NOT NULL,
    "At" INTEGER NOT NULL,
    "By" TEXT NOT NULL,
    "Reason" TEXT NOT NULL,
    "WithdrawnAt" INTEGER NULL,
    "WithdrawnBy" TEXT NULL
);
CREATE TABLE "Identifications" (
    "Sequence" INTEGER NOT NULL CONSTRAINT "PK_Identifications" PRIMARY KEY,
    "VisitorId" INTEGER NOT NULL,
    "CustomerId" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "TakesHistory" INTEGER NOT NULL
);
CREATE TABLE "ImportChanges" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ImportChanges" PRIMARY KEY AUTOINCREMENT,
    "ImportId" INTEGER NOT NULL,
    "Kind" TEXT NOT NULL,
    "Key" TEXT NOT NULL,
    "IsNew" INTEGER NOT NULL,
    "Fields" BLOB NOT NULL
);
CREATE TABLE "ImportDrafts" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ImportDrafts" PRIMARY KEY AUTOINCREMENT,
    "FileName" TEXT NOT NULL,
    "StoredName" TEXT NOT NULL,
    "IsIncoming" INTEGER NOT NULL,
    "ByteCount" INTEGER NOT NULL,
    "Plan" TEXT NULL,
    "Check" BLOB NULL,
    "ImportId" INTEGER NULL,
    "Owner" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL
);
CREATE TABLE "ImportMappings" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ImportMappings" PRIMARY KEY AUTOINCREMENT,
    "Name" TEXT NOT NULL,
    "Preset" TEXT NOT NULL,
    "Json" TEXT NOT NULL,
    "UpdatedAt" INTEGER NOT NULL
);
CREATE TABLE "ImportRanges" (
    "FromSequence" INTEGER NOT NULL CONSTRAINT "PK_ImportRanges" PRIMARY KEY,
    "ToSequence" INTEGER NOT NULL,
    "ImportId" INTEGER NOT NULL
);
CREATE TABLE "ImportRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_ImportRuns" PRIMARY KEY AUTOINCREMENT,
    "FileHash" TEXT NOT NULL,
    "FileName" TEXT NOT NULL,
    "Preset" TEXT NOT NULL,
    "Mapping" TEXT NOT NULL,
    "Status" TEXT NOT NULL,
    "CommittedRows" INTEGER NOT NULL,
    "Accepted" INTEGER NOT NULL,
    "Duplicates" INTEGER NOT NULL,
    "Quarantined" INTEGER NOT NULL,
    "EqualLines" INTEGER NOT NULL,
    "Report" TEXT NULL,
    "Error" TEXT NULL,
    "StartedAt" INTEGER NOT NULL,
    "FinishedAt" INTEGER NULL,
    "UndoneAt" INTEGER NULL,
    "UndoReport" TEXT NULL
);
CREATE TABLE "Invitations" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Invitations" PRIMARY KEY AUTOINCREMENT,
    "Email" TEXT NOT NULL,
    "Role" TEXT NULL,
    "UserId" INTEGER NULL,
    "TokenHash" BLOB NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NOT NULL,
    "AcceptedAt" INTEGER NULL,
    "RevokedAt" INTEGER NULL
);
CREATE TABLE "Items" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Items" PRIMARY KEY,
    "ExternalId" TEXT NOT NULL,
    "Name" TEXT NULL,
    "Description" TEXT NULL,
    "Category" TEXT NULL,
    "Price" INTEGER NULL,
    "Currency" TEXT NULL,
    "ImageUrl" TEXT NULL,
    "Url" TEXT NULL,
    "Stock" INTEGER NULL,
    "Attributes" TEXT NULL,
    "IsOffered" INTEGER NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "UpdatedAt" INTEGER NOT NULL
);
CREATE TABLE "JobRunLines" (
    "RunId" INTEGER NOT NULL,
    "Line" INTEGER NOT NULL,
    "At" INTEGER NOT NULL,
    "Kind" TEXT NOT NULL,
    "Text" TEXT NOT NULL,
    CONSTRAINT "PK_JobRunLines" PRIMARY KEY ("RunId", "Line")
);
CREATE TABLE "JobRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_JobRuns" PRIMARY KEY AUTOINCREMENT,
    "Key" TEXT NOT NULL,
    "SingleFlightKey" TEXT NOT NULL,
    "Status" TEXT NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "RetryOf" INTEGER NULL,
    "Parameters" TEXT NOT NULL,
    "StartedBy" TEXT NOT NULL,
    "IsForced" INTEGER NOT NULL,
    "QueuedAt" INTEGER NOT NULL,
    "DueAt" INTEGER NOT NULL,
    "StartedAt" INTEGER NULL,
    "FinishedAt" INTEGER NULL,
    "Stage" TEXT NULL,
    "Share" REAL NOT NULL,
    "Done" INTEGER NULL,
    "Total" INTEGER NULL,
    "Input" TEXT NULL,
    "Result" TEXT NULL,
    "ReasonCode" TEXT NULL,
    "Reason" TEXT NULL,
    "Repair" TEXT NULL,
    "Error" TEXT NULL,
    "CancelRequestedAt" INTEGER NULL,
    "Owner" TEXT NULL,
    "LeaseUntil" INTEGER NULL,
    "FencingToken" INTEGER NOT NULL,
    "DroppedLines" INTEGER NOT NULL
);
CREATE TABLE "JobSchedules" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_JobSchedules" PRIMARY KEY,
    "Key" TEXT NOT NULL,
    "Parameters" TEXT NOT NULL,
    "Cron" TEXT NOT NULL,
    "Zone" TEXT NULL,
    "Missed" TEXT NOT NULL,
    "IsPaused" INTEGER NOT NULL,
    "ChangedAt" INTEGER NOT NULL,
    "ChangedBy" TEXT NULL
);
CREATE TABLE "LinkTargets" (
    "Hash" INTEGER NOT NULL CONSTRAINT "PK_LinkTargets" PRIMARY KEY,
    "Url" TEXT NOT NULL
);
CREATE TABLE "MessageBodies" (
    "MessageId" INTEGER NOT NULL CONSTRAINT "PK_MessageBodies" PRIMARY KEY,
    "CustomerId" INTEGER NOT NULL,
    "Sealed" BLOB NOT NULL
);
CREATE TABLE "Messages" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Messages" PRIMARY KEY AUTOINCREMENT,
    "CampaignId" INTEGER NOT NULL,
    "StepId" INTEGER NOT NULL,
    "CustomerId" INTEGER NOT NULL,
    "Occurrence" INTEGER NOT NULL,
    "Channel" TEXT NOT NULL,
    "VariantId" INTEGER NOT NULL,
    "RunId" INTEGER NOT NULL,
    "Lane" INTEGER NOT NULL,
    "Policy" INTEGER NOT NULL,
    "State" INTEGER NOT NULL,
    "Attempt" INTEGER NOT NULL,
    "Tries" INTEGER NOT NULL,
    "Owner" INTEGER NULL,
    "LeaseUntil" INTEGER NULL,
    "DueAt" INTEGER NOT NULL,
    "SendBefore" INTEGER NOT NULL,
    "MessageIdHeader" TEXT NOT NULL,
    "FirstClaimedAt" INTEGER NULL,
    "IsRepeatable" INTEGER NOT NULL,
    "Phase" INTEGER NULL,
    "ReplyCode" INTEGER NULL,
    "ReplyText" TEXT NULL,
    "Reason" TEXT NULL,
    "PlannedAt" INTEGER NOT NULL,
    "MarkedAt" INTEGER NULL,
    "EndedAt" INTEGER NULL
);
CREATE TABLE "ModelDrifts" (
    "Model" TEXT NOT NULL,
    "AsOf" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL,
    "Mean" REAL NOT NULL,
    "Themes" TEXT NOT NULL,
    "Inputs" TEXT NULL,
    CONSTRAINT "PK_ModelDrifts" PRIMARY KEY ("Model", "AsOf")
);
CREATE TABLE "ModelHeads" (
    "Model" TEXT NOT NULL CONSTRAINT "PK_ModelHeads" PRIMARY KEY,
    "Version" INTEGER NOT NULL,
    "ActivatedAt" INTEGER NOT NULL
);
CREATE TABLE "ModelVersions" (
    "Model" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "TrainingRunId" INTEGER NOT NULL,
    "Kind" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "AsOf" INTEGER NOT NULL,
    "Fingerprint" TEXT NOT NULL,
    "Sha256" TEXT NOT NULL,
    "Metrics" TEXT NOT NULL,
    "IsPromoted" INTEGER NOT NULL,
    CONSTRAINT "PK_ModelVersions" PRIMARY KEY ("Model", "Version")
);
CREATE TABLE "Orders" (
    "OrderId" TEXT NOT NULL CONSTRAINT "PK_Orders" PRIMARY KEY,
    "CustomerId" INTEGER NULL,
    "PlacedAt" INTEGER NOT NULL,
    "LineCount" INTEGER NOT NULL,
    "Quantity" INTEGER NOT NULL,
    "Amount" INTEGER NOT NULL,
    "ReturnedLineCount" INTEGER NOT NULL,
    "ReturnedAmount" INTEGER NOT NULL
);
CREATE TABLE "PortalSessions" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_PortalSessions" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "StartedAt" INTEGER NOT NULL,
    "LastSeenAt" INTEGER NOT NULL,
    "EndedAt" INTEGER NULL,
    "UserAgent" TEXT NULL,
    "Address" TEXT NULL
);
CREATE TABLE "ProjectionCheckpoints" (
    "Name" TEXT NOT NULL CONSTRAINT "PK_ProjectionCheckpoints" PRIMARY KEY,
    "Version" INTEGER NOT NULL,
    "Sequence" INTEGER NOT NULL
);
CREATE TABLE "QualityChecks" (
    "Day" TEXT NOT NULL,
    "Table" TEXT NOT NULL,
    "Source" TEXT NOT NULL,
    "Field" TEXT NOT NULL,
    "Rule" TEXT NOT NULL,
    "State" TEXT NOT NULL,
    "Measured" REAL NOT NULL,
    "Limit" REAL NOT NULL,
    "RowCount" INTEGER NOT NULL,
    "CheckedAt" INTEGER NOT NULL,
    CONSTRAINT "PK_QualityChecks" PRIMARY KEY ("Day", "Table", "Source", "Field", "Rule")
);
CREATE TABLE "QualityPasses" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_QualityPasses" PRIMARY KEY AUTOINCREMENT,
    "JobKey" TEXT NOT NULL,
    "GrantedBy" TEXT NOT NULL,
    "GrantedAt" INTEGER NOT NULL,
    "RunId" INTEGER NULL
);
CREATE TABLE "Quarantine" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Quarantine" PRIMARY KEY AUTOINCREMENT,
    "Source" TEXT NOT NULL,
    "ImportId" INTEGER NULL,
    "Position" INTEGER NOT NULL,
    "MessageId" TEXT NULL,
    "Reason" TEXT NOT NULL,
    "Field" TEXT NULL,
    "Detail" BLOB NOT NULL,
    "Raw" BLOB NOT NULL,
    "ReceivedAt" INTEGER NOT NULL,
    "ResolvedAt" INTEGER NULL,
    "Resolution" TEXT NULL
);
CREATE TABLE "RecommendationLists" (
    "CustomerId" INTEGER NOT NULL,
    "List" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "Items" TEXT NOT NULL,
    "ItemCount" INTEGER NOT NULL,
    "AsOf" INTEGER NOT NULL,
    CONSTRAINT "PK_RecommendationLists" PRIMARY KEY ("CustomerId", "List")
);
CREATE TABLE "RecommendationRules" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_RecommendationRules" PRIMARY KEY AUTOINCREMENT,
    "Kind" TEXT NOT NULL,
    "Strategy" TEXT NULL,
    "ItemId" INTEGER NULL,
    "Category" TEXT NULL,
    "Place" INTEGER NULL,
    "Factor" REAL NULL,
    "EndsAt" INTEGER NULL,
    "CreatedAt" INTEGER NOT NULL,
    "CreatedBy" TEXT NOT NULL
);
CREATE TABLE "RetractedEvents" (
    "Sequence" INTEGER NOT NULL CONSTRAINT "PK_RetractedEvents" PRIMARY KEY,
    "ImportId" INTEGER NOT NULL,
    "RetractedAt" INTEGER NOT NULL,
    "Source" TEXT NOT NULL,
    "MessageId" TEXT NOT NULL,
    "PayloadHash" INTEGER NOT NULL,
    "Type" TEXT NOT NULL,
    "CustomerId" INTEGER NULL,
    "VisitorId" INTEGER NULL,
    "OrderId" TEXT NULL,
    "OccurredAt" INTEGER NOT NULL,
    "SentAt" INTEGER NULL,
    "ReceivedAt" INTEGER NOT NULL,
    "ItemId" INTEGER NULL,
    "CampaignId" TEXT NULL,
    "VariantId" TEXT NULL,
    "Quantity" INTEGER NULL,
    "Amount" INTEGER NULL,
    "Currency" TEXT NULL,
    "Properties" TEXT NULL
);
CREATE TABLE "SavedViews" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_SavedViews" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "Page" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Query" TEXT NOT NULL,
    "SavedAt" INTEGER NOT NULL
);
CREATE TABLE "ScoreHistory" (
    "CustomerId" INTEGER NOT NULL,
    "Model" TEXT NOT NULL,
    "AsOf" INTEGER NOT NULL,
    "Version" INTEGER NOT NULL,
    "Value" REAL NOT NULL,
    CONSTRAINT "PK_ScoreHistory" PRIMARY KEY ("CustomerId", "Model", "AsOf")
);
CREATE TABLE "Settings" (
    "Key" TEXT NOT NULL CONSTRAINT "PK_Settings" PRIMARY KEY,
    "Value" TEXT NOT NULL
);
CREATE TABLE "StrategySettings" (
    "Strategy" TEXT NOT NULL CONSTRAINT "PK_StrategySettings" PRIMARY KEY,
    "Diversity" REAL NOT NULL,
    "NotBoughtInDays" INTEGER NOT NULL,
    "InStockOnly" INTEGER NOT NULL,
    "MinPrice" INTEGER NULL,
    "MaxPrice" INTEGER NULL,
    "UpdatedAt" INTEGER NOT NULL,
    "UpdatedBy" TEXT NOT NULL
);
CREATE TABLE "SuppressedContacts" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_SuppressedContacts" PRIMARY KEY AUTOINCREMENT,
    "AddressHash" BLOB NULL,
    "Domain" TEXT NULL,
    "Reason" TEXT NOT NULL,
    "Since" INTEGER NOT NULL,
    "AddedBy" INTEGER NULL,
    "Note" TEXT NULL
);
CREATE TABLE "Suppressions" (
    "CustomerId" INTEGER NOT NULL,
    "Channel" TEXT NOT NULL,
    "Reason" TEXT NOT NULL,
    "Since" INTEGER NOT NULL,
    "Sequence" INTEGER NOT NULL,
    CONSTRAINT "PK_Suppressions" PRIMARY KEY ("CustomerId", "Channel", "Reason")
);
CREATE TABLE "TrainingRuns" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_TrainingRuns" PRIMARY KEY AUTOINCREMENT,
    "Model" TEXT NOT NULL,
    "Status" TEXT NOT NULL,
    "Seed" INTEGER NOT NULL,
    "Options" TEXT NOT NULL,
    "LastSequence" INTEGER NOT NULL,
    "AsOf" INTEGER NOT NULL,
    "StartedAt" INTEGER NOT NULL,
    "FinishedAt" INTEGER NULL,
    "Seconds" REAL NULL,
    "Reason" TEXT NULL,
    "Problems" TEXT NULL,
    "Version" INTEGER NULL
);
CREATE TABLE "UserPreferences" (
    "UserId" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NOT NULL,
    CONSTRAINT "PK_UserPreferences" PRIMARY KEY ("UserId", "Name")
);
CREATE TABLE "Visitors" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_Visitors" PRIMARY KEY,
    "ExternalId" TEXT NOT NULL
);
CREATE TABLE "AspNetRoleClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetRoleClaims" PRIMARY KEY AUTOINCREMENT,
    "RoleId" INTEGER NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_AspNetRoleClaims_AspNetRoles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "AspNetRoles" ("Id") ON DELETE CASCADE
);
CREATE TABLE "AspNetUserClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetUserClaims" PRIMARY KEY AUTOINCREMENT,
    "UserId" INTEGER NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_AspNetUserClaims_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
CREATE TABLE "AspNetUserLogins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" INTEGER NOT NULL,
    CONSTRAINT "PK_AspNetUserLogins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_AspNetUserLogins_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
CREATE TABLE "AspNetUserRoles" (
    "UserId" INTEGER NOT NULL,
    "RoleId" INTEGER NOT NULL,
    CONSTRAINT "PK_AspNetUserRoles" PRIMARY KEY ("UserId", "RoleId"),
    CONSTRAINT "FK_AspNetUserRoles_AspNetRoles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "AspNetRoles" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_AspNetUserRoles_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
CREATE TABLE "AspNetUserTokens" (
    "UserId" INTEGER NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_AspNetUserTokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_AspNetUserTokens_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX "IX_ApiKeys_Name" ON "ApiKeys" ("Name");
CREATE UNIQUE INDEX "IX_ApiKeys_PreviousHash" ON "ApiKeys" ("PreviousHash") WHERE "PreviousHash" IS NOT NULL;
CREATE UNIQUE INDEX "IX_ApiKeys_SecretHash" ON "ApiKeys" ("SecretHash");
CREATE INDEX "IX_AspNetRoleClaims_RoleId" ON "AspNetRoleClaims" ("RoleId");
CREATE UNIQUE INDEX "RoleNameIndex" ON "AspNetRoles" ("NormalizedName");
CREATE INDEX "IX_AspNetUserClaims_UserId" ON "AspNetUserClaims" ("UserId");
CREATE INDEX "IX_AspNetUserLogins_UserId" ON "AspNetUserLogins" ("UserId");
CREATE INDEX "IX_AspNetUserRoles_RoleId" ON "AspNetUserRoles" ("RoleId");
CREATE INDEX "EmailIndex" ON "AspNetUsers" ("NormalizedEmail");
CREATE UNIQUE INDEX "UserNameIndex" ON "AspNetUsers" ("NormalizedUserName");
CREATE INDEX "IX_AudienceMembers_CustomerId" ON "AudienceMembers" ("CustomerId");
CREATE INDEX "IX_AuditEntries_At" ON "AuditEntries" ("At");
CREATE INDEX "IX_AuditEntries_Target" ON "AuditEntries" ("Target");
CREATE INDEX "IX_AuditEntries_Unsealed" ON "AuditEntries" ("Id") WHERE "Seal" IS NULL;
CREATE INDEX "IX_CampaignRecipients_CampaignId" ON "CampaignRecipients" ("CampaignId") WHERE "BouncedAt" IS NOT NULL;
CREATE INDEX "IX_CampaignRecipients_CustomerId_CampaignId" ON "CampaignRecipients" ("CustomerId", "CampaignId");
CREATE UNIQUE INDEX "IX_CampaignRuns_CampaignId_Occurrence" ON "CampaignRuns" ("CampaignId", "Occurrence");
CREATE INDEX "IX_CampaignRuns_Phase" ON "CampaignRuns" ("Phase");
CREATE INDEX "IX_Campaigns_State_NextRunAt" ON "Campaigns" ("State", "NextRunAt");
CREATE INDEX "IX_CampaignTransitions_CampaignId_Id" ON "CampaignTransitions" ("CampaignId", "Id");
CREATE UNIQUE INDEX "IX_CampaignVariants_CampaignId_Position" ON "CampaignVariants" ("CampaignId", "Position");
CREATE INDEX "IX_CapReservations_CustomerId_Channel_At" ON "CapReservations" ("CustomerId", "Channel", "At");
CREATE INDEX "IX_ConsentLedger_CustomerId_At" ON "ConsentLedger" ("CustomerId", "At");
CREATE INDEX "IX_Contacts_EmailHash" ON "Contacts" ("EmailHash");
CREATE INDEX "IX_Contacts_PhoneHash" ON "Contacts" ("PhoneHash");
CREATE INDEX "IX_CustomerNotes_CustomerId_WrittenAt" ON "CustomerNotes" ("CustomerId", "WrittenAt");
CREATE INDEX "IX_CustomerNotes_DeletedAt" ON "CustomerNotes" ("DeletedAt");
CREATE INDEX "IX_CustomerOwners_AssignedAt" ON "CustomerOwners" ("AssignedAt");
CREATE INDEX "IX_CustomerOwners_UserId" ON "CustomerOwners" ("UserId");
CREATE UNIQUE INDEX "IX_Customers_ExternalId" ON "Customers" ("ExternalId");
CREATE INDEX "IX_CustomerScores_Model_Value_CustomerId_Percentile_AsOf" ON "CustomerScores" ("Model", "Value", "CustomerId", "Percentile", "AsOf");
CREATE INDEX "IX_CustomerTotals_LastOrderAt_CustomerId" ON "CustomerTotals" ("LastOrderAt", "CustomerId");
CREATE INDEX "IX_CustomerTotals_OrderCount_CustomerId" ON "CustomerTotals" ("OrderCount", "CustomerId");
CREATE INDEX "IX_CustomerTotals_Revenue_CustomerId" ON "CustomerTotals" ("Revenue", "CustomerId");
CREATE INDEX "IX_CustomerTraits_Name_Value" ON "CustomerTraits" ("Name", "Value");
CREATE INDEX "IX_Drafts_SavedAt" ON "Drafts" ("SavedAt");
CREATE INDEX "IX_Events_CustomerId_OccurredAt" ON "Events" ("CustomerId", "OccurredAt");
CREATE UNIQUE INDEX "IX_Events_Source_MessageId" ON "Events" ("Source", "MessageId");
CREATE INDEX "IX_Events_VisitorId_OccurredAt" ON "Events" ("VisitorId", "OccurredAt") WHERE "CustomerId" IS NULL AND "VisitorId" IS NOT NULL;
CREATE UNIQUE INDEX "IX_HealthAcknowledgements_RunId_Kind" ON "HealthAcknowledgements" ("RunId", "Kind") WHERE "WithdrawnAt" IS NULL;
CREATE INDEX "IX_Identifications_CustomerId" ON "Identifications" ("CustomerId");
CREATE INDEX "IX_Identifications_VisitorId" ON "Identifications" ("VisitorId");
CREATE INDEX "IX_ImportChanges_ImportId" ON "ImportChanges" ("ImportId");
CREATE INDEX "IX_ImportDrafts_ImportId" ON "ImportDrafts" ("ImportId");
CREATE UNIQUE INDEX "IX_ImportMappings_Name" ON "ImportMappings" ("Name");
CREATE INDEX "IX_ImportRanges_ImportId" ON "ImportRanges" ("ImportId");
CREATE INDEX "IX_ImportRuns_FileHash_Preset" ON "ImportRuns" ("FileHash", "Preset");
CREATE INDEX "IX_Invitations_Email" ON "Invitations" ("Email");
CREATE UNIQUE INDEX "IX_Invitations_TokenHash" ON "Invitations" ("TokenHash");
CREATE UNIQUE INDEX "IX_Items_ExternalId" ON "Items" ("ExternalId");
CREATE UNIQUE INDEX "IX_JobRuns_Active" ON "JobRuns" ("SingleFlightKey") WHERE "Status" in ('Queued', 'Running');
CREATE INDEX "IX_JobRuns_FinishedAt" ON "JobRuns" ("FinishedAt");
CREATE INDEX "IX_JobRuns_RetryOf" ON "JobRuns" ("RetryOf") WHERE "RetryOf" is not null;
CREATE INDEX "IX_JobRuns_SingleFlightKey_Id" ON "JobRuns" ("SingleFlightKey", "Id");
CREATE INDEX "IX_MessageBodies_CustomerId" ON "MessageBodies" ("CustomerId");
CREATE INDEX "IX_Messages_CampaignId_RunId_State" ON "Messages" ("CampaignId", "RunId", "State");
CREATE UNIQUE INDEX "IX_Messages_CampaignId_StepId_CustomerId_Occurrence_Channel" ON "Messages" ("CampaignId", "StepId", "CustomerId", "Occurrence", "Channel");
CREATE INDEX "IX_Messages_CustomerId_PlannedAt" ON "Messages" ("CustomerId", "PlannedAt");
CREATE INDEX "IX_Messages_EndedAt" ON "Messages" ("EndedAt");
CREATE INDEX "IX_Messages_State_CampaignId_Lane_DueAt" ON "Messages" ("State", "CampaignId", "Lane", "DueAt");
CREATE INDEX "IX_Messages_State_DueAt" ON "Messages" ("State", "DueAt");
CREATE INDEX "IX_Messages_State_LeaseUntil" ON "Messages" ("State", "LeaseUntil");
CREATE INDEX "IX_Orders_CustomerId_PlacedAt" ON "Orders" ("CustomerId", "PlacedAt");
CREATE INDEX "IX_Orders_PlacedAt_LineCount_Amount_ReturnedAmount_CustomerId" ON "Orders" ("PlacedAt", "LineCount", "Amount", "ReturnedAmount", "CustomerId");
CREATE INDEX "IX_PortalSessions_UserId_EndedAt" ON "PortalSessions" ("UserId", "EndedAt");
CREATE UNIQUE INDEX "IX_QualityPasses_JobKey" ON "QualityPasses" ("JobKey") WHERE "RunId" IS NULL;
CREATE INDEX "IX_Quarantine_ImportId_Position" ON "Quarantine" ("ImportId", "Position");
CREATE UNIQUE INDEX "IX_Quarantine_Source_MessageId_Reason" ON "Quarantine" ("Source", "MessageId", "Reason") WHERE "MessageId" IS NOT NULL AND "ResolvedAt" IS NULL;
CREATE INDEX "IX_RecommendationLists_List_ItemCount_AsOf_CustomerId" ON "RecommendationLists" ("List", "ItemCount", "AsOf", "CustomerId");
CREATE INDEX "IX_RetractedEvents_CustomerId" ON "RetractedEvents" ("CustomerId");
CREATE INDEX "IX_RetractedEvents_ImportId_CustomerId" ON "RetractedEvents" ("ImportId", "CustomerId");
CREATE INDEX "IX_RetractedEvents_ItemId" ON "RetractedEvents" ("ItemId");
CREATE UNIQUE INDEX "IX_SavedViews_UserId_Page_Name" ON "SavedViews" ("UserId", "Page", "Name");
CREATE INDEX "IX_ScoreHistory_Model_AsOf" ON "ScoreHistory" ("Model", "AsOf");
CREATE UNIQUE INDEX "IX_SuppressedContacts_AddressHash_Reason" ON "SuppressedContacts" ("AddressHash", "Reason") WHERE "AddressHash" IS NOT NULL;
CREATE UNIQUE INDEX "IX_SuppressedContacts_Domain" ON "SuppressedContacts" ("Domain") WHERE "Domain" IS NOT NULL;
CREATE INDEX "IX_SuppressedContacts_Since" ON "SuppressedContacts" ("Since");
CREATE INDEX "IX_TrainingRuns_Model_StartedAt" ON "TrainingRuns" ("Model", "StartedAt");
CREATE UNIQUE INDEX "IX_Visitors_ExternalId" ON "Visitors" ("ExternalId");
