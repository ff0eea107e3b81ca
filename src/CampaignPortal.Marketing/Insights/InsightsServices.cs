using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Insights.Messages;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Predictions;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Insights;

public static class InsightsServices
{
    /// <summary>The queries behind the pages of customers and models.</summary>
    public static IServiceCollection AddInsights(this IServiceCollection services) => services
        .AddSingleton<ShopAverages>()
        .AddSingleton<CustomerRowReader>()
        .AddSingleton<CustomerColumnsStore>()
        .AddSingleton<ListCustomersHandler>()
        .AddSingleton<ExportCustomersHandler>()
        .AddSingleton<ExportTableHandler>()
        .AddSingleton<DescribeAudienceHandler>()
        .AddSingleton<SealedExports>()
        .AddCleanUp<SealedExports>()
        .AddSingleton<SegmentNamesHandler>()
        .AddSingleton<ReadHomeHandler>()
        .AddSingleton<ReadFirstStepsHandler>()
        .AddSingleton<SegmentSizesReader>()
        .AddSingleton<FindingsHandler>()
        .AddSingleton<NeedsYouHandler>()
        .AddSingleton<ReadCustomerHandler>()
        .AddSingleton<ReadTimelineHandler>()
        .AddSingleton<ReadHealthHandler>()
        .AddSingleton<ExportPersonHandler>()
        .AddSingleton<ReadModelsHandler>()
        .AddSingleton<OrderBooks>()
        .AddSingleton<ValueConcentrations>()
        .AddSingleton<ReadLifetimeValueHandler>()
        .AddSingleton<ExportLifetimeValueHandler>()
        .AddSingleton<ReadRfmHandler>()
        .AddSingleton<ReadCohortsHandler>()
        .AddSingleton<StepBooks>()
        .AddSingleton<ReadFunnelHandler>()
        .AddSingleton<ReadSegmentsHandler>()
        .AddSingleton<RenameSegmentHandler>()
        .AddSingleton<SendingProgressReader>()
        .AddSingleton<ReadCampaignResultHandler>()
        .AddSingleton<AcknowledgeHealthHandler>()
        .AddSingleton<ReadCampaignLinksHandler>()
        .AddSingleton<ListRecipientsHandler>()
        .AddSingleton<CampaignNeeds>()
        .AddSingleton<ReadMessageStoriesHandler>()
        .AddSingleton<ReadSentMailHandler>()
        .AddSingleton<MessageBooks>()
        .AddSingleton<ReadMessageReportHandler>()
        .AddSingleton<HoldoutBooks>()
        .AddSingleton<ReadHoldoutReportHandler>()
        .AddSingleton<ReadOverviewHandler>()
        .AddSingleton<ReadHomeHealthHandler>()
        .AddWarmUp<PageMoment>((moment, _) => Task.FromResult(moment.Read()))
        .AddWarmUp<ScoredCounts>((counts, ct) => counts.ReadAsync(ct))
        .AddWarmUp<ShopAverages>((averages, _) => Task.FromResult(averages.Read()))
        .AddWarmUp<CustomerColumnsStore>((columns, _) => Task.FromResult(columns.Read()))
        .AddWarmUp<ReadHomeHandler>(async (home, ct) =>
        {
            foreach (var days in ReadHomeHandler.RangeDays) await home.HandleAsync(days, ct);
        })
        .AddWarmUp<OrderBooks>((books, ct) => books.ReadAsync(ct))
        .AddWarmUp<ValueConcentrations>((values, ct) => values.ReadAsync(ct))
        .AddWarmUp<MessageBooks>((books, ct) => books.ReadAsync(ct))
        .AddWarmUp<HoldoutBooks>((books, ct) => Task.WhenAll(books.ReadAsync(isBefore: false, ct), books.ReadAsync(isBefore: true, ct)))
        .AddWarmUp<StepBooks>((books, ct) => books.ReadAsync(ct));
}
